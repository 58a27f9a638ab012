{#
  Monthly recurring revenue of one subscription item in the reporting currency: amount × rate ÷ divisor,
  rounded once, half away from zero. `multiplied_amount` is a decimal(19, 4), `rate` a decimal(18, 9), so
  that the product has the 13 fractional digits that divide_money expects.
#}
{% macro mrr_amount(multiplied_amount, rate, divisor) -%}
    cast(
        {{ divide_money(
            multiplied_amount ~ ' * cast(' ~ rate ~ ' as decimal(18, 9))',
            divisor,
            var('reporting_minor_units')
        ) }} as decimal(18, 2)
    )
{%- endmacro %}
