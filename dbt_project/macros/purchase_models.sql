{#
  Purchases of customers without a contract: BG/NBD × Gamma-Gamma, fitted and scored by SciPy in dbt's DuckDB session
  (orchestration/fitting). Spark has no such session on a cluster: there everything is NULL.
#}

{# BG/NBD over all rows of a group: a struct of r, alpha, a, b, their standard errors and the fit. An aggregate. #}
{% macro fitted_purchases(repeats, recency, age, ordering) %}
    {{- return(adapter.dispatch('fitted_purchases')(repeats, recency, age, ordering)) -}}
{% endmacro %}

{% macro default__fitted_purchases(repeats, recency, age, ordering) -%}
    fit_purchases(
        list(cast({{ repeats }} as double) order by {{ ordering }}),
        list(cast({{ recency }} as double) order by {{ ordering }}),
        list(cast({{ age }} as double) order by {{ ordering }})
    )
{%- endmacro %}

{% macro spark__fitted_purchases(repeats, recency, age, ordering) -%}
    cast(null as struct<
        r: double, alpha: double, a: double, b: double,
        r_standard_error: double, alpha_standard_error: double, a_standard_error: double, b_standard_error: double,
        log_likelihood: double, has_converged: boolean
    >)
{%- endmacro %}


{# Gamma-Gamma over all rows of a group: a struct of p, q, gamma, their standard errors and the fit. An aggregate. #}
{% macro fitted_amounts(repeats, mean, ordering) %}
    {{- return(adapter.dispatch('fitted_amounts')(repeats, mean, ordering)) -}}
{% endmacro %}

{% macro default__fitted_amounts(repeats, mean, ordering) -%}
    fit_amounts(
        list(cast({{ repeats }} as double) order by {{ ordering }}),
        list(cast({{ mean }} as double) order by {{ ordering }})
    )
{%- endmacro %}

{% macro spark__fitted_amounts(repeats, mean, ordering) -%}
    cast(null as struct<
        p: double, q: double, gamma: double,
        p_standard_error: double, q_standard_error: double, gamma_standard_error: double,
        log_likelihood: double, has_converged: boolean
    >)
{%- endmacro %}


{# Purchases to expect of a customer in the days ahead, by BG/NBD. #}
{% macro expected_purchases(parameters, repeats, recency, age, ahead) %}
    {{- return(adapter.dispatch('expected_purchases')(parameters, repeats, recency, age, ahead)) -}}
{% endmacro %}

{% macro default__expected_purchases(parameters, repeats, recency, age, ahead) -%}
    expected_purchases(
        {{ parameters | join(', ') }},
        cast({{ repeats }} as double), cast({{ recency }} as double), cast({{ age }} as double),
        cast({{ ahead }} as double)
    )
{%- endmacro %}

{% macro spark__expected_purchases(parameters, repeats, recency, age, ahead) -%}
    cast(null as double)
{%- endmacro %}


{# A parameter of a fit, or how it fits. #}
{% macro fitted_value(fit, name) -%}{{ fit }}.{{ name }}{%- endmacro %}
