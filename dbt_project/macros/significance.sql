{# Tests of significance in plain SQL: both engines have no distribution functions. Arguments are columns (doubles). #}

{#
  Two-sided p-value of a standard normal statistic: erfc(|z| ÷ √2) by the Chebyshev fit of Numerical Recipes
  (6.2.2), relative error below 1.2e-7 everywhere; at 0 the fit is a little above 1, which no probability is (and
  `least` passes over NULL).
#}
{% macro normal_p_value(z) -%}
    {%- set t = '(1 / (1 + abs(' ~ z ~ ') * 0.35355339059327376))' -%}
    case when {{ z }} is not null then least(
        {{ t }} * exp(
            -{{ z }} * {{ z }} / 2 - 1.26551223
            {%- for coefficient in [
                '1.00002368', '0.37409196', '0.09678418', '-0.18628806', '0.27886807', '-1.13520398', '1.48851587',
                '-0.82215223', '0.17087277'
            ] %}
            + {{ t }} * ({{ coefficient }}
            {%- endfor -%}
            {{ ')' * 9 }}
        ),
        1
    ) end
{%- endmacro %}


{#
  Two-sided p-value of Student's t from its angle arctan(|t| ÷ √degrees) and its degrees of freedom (4 or more, need
  not be whole): 1 − 2 ÷ √π × Γ((ν+1)÷2) ÷ Γ(ν÷2) × ∫ cos(x)^(ν−1) dx from 0 to the angle, by Gauss and Legendre with 24
  nodes, absolute error below 1e-8. `student_t_angle` cuts the angle where less than 1e-10 is left beyond it.
#}
{% macro student_t_p_value(angle, degrees) -%}
    greatest(
        1 - 1.1283791670955126 * {{ gamma_ratio(degrees) }} * {{ angle }} * (
            {%- for node, weight in gauss_legendre_nodes() %}
            {{ '+ ' if not loop.first }}{{ weight }} * power(cos({{ angle }} * {{ node }}), {{ degrees }} - 1)
            {%- endfor %}
        ),
        0
    )
{%- endmacro %}

{% macro student_t_angle(t, degrees) -%}
    least(atan(abs({{ t }}) / sqrt({{ degrees }})), 8 / sqrt({{ degrees }}))
{%- endmacro %}


{# Γ((ν+1)÷2) ÷ Γ(ν÷2): eight steps of the recurrence up, then the asymptotic series. #}
{% macro gamma_ratio(degrees) -%}
    {%- set x = '(' ~ degrees ~ ' / 2 + 8)' -%}
    (
        sqrt({{ x }}) * (
            1 - 1 / (8 * {{ x }}) + 1 / (128 * power({{ x }}, 2)) + 5 / (1024 * power({{ x }}, 3))
            - 21 / (32768 * power({{ x }}, 4)) - 399 / (262144 * power({{ x }}, 5))
        )
        {%- for step in range(8) %}
        * ({{ degrees }} + {{ 2 * step }}) / ({{ degrees }} + {{ 2 * step + 1 }})
        {%- endfor %}
    )
{%- endmacro %}


{# Nodes and weights of the quadrature over 0 to 1. #}
{% macro gauss_legendre_nodes() -%}
    {{- return([
        ['0.00240639000148934', '0.00617061489999435'], ['0.01263572201434526', '0.01426569431446678'],
        ['0.03086272399863360', '0.02213871940870971'], ['0.05679223649779946', '0.02964929245771818'],
        ['0.08999900701304853', '0.03667324070554008'], ['0.12993790421072282', '0.04309508076597660'],
        ['0.17595317403151223', '0.04880932605205696'], ['0.22728926430558022', '0.05372213505798278'],
        ['0.28310324618697746', '0.05775283402686276'], ['0.34247866015191830', '0.06083523646390165'],
        ['0.40444056626319186', '0.06291872817341412'], ['0.46797155356869719', '0.06396909767337601'],
        ['0.53202844643130276', '0.06396909767337601'], ['0.59555943373680820', '0.06291872817341412'],
        ['0.65752133984808170', '0.06083523646390165'], ['0.71689675381302254', '0.05775283402686276'],
        ['0.77271073569441984', '0.05372213505798278'], ['0.82404682596848777', '0.04880932605205696'],
        ['0.87006209578927718', '0.04309508076597660'], ['0.91000099298695147', '0.03667324070554008'],
        ['0.94320776350220048', '0.02964929245771818'], ['0.96913727600136634', '0.02213871940870971'],
        ['0.98736427798565474', '0.01426569431446678'], ['0.99759360999851066', '0.00617061489999435']
    ]) -}}
{%- endmacro %}


{# better, worse or unchanged by the KPI's direction; unknown when one of the two is not known. #}
{% macro trend_status(value, compared_value, direction) -%}
    case
        when {{ value }} is null or {{ compared_value }} is null then 'unknown'
        when {{ value }} = {{ compared_value }} then 'unchanged'
        when ({{ value }} > {{ compared_value }}) = ({{ direction }} = 'up') then 'better'
        else 'worse'
    end
{%- endmacro %}
