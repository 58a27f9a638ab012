{# Exact arithmetic on money, statistics, keys and text comparison. #}

{#
  numerator (a decimal with at most `numerator_scale` fractional digits) ÷ denominator (an integer
  expression above 0), rounded half away from zero to `scale` digits, without passing through a double.
#}
{% macro divide_money(numerator, denominator, scale=2, numerator_scale=13) %}
    {{- return(adapter.dispatch('divide_money')(numerator, denominator, scale, numerator_scale)) -}}
{% endmacro %}

{% macro default__divide_money(numerator, denominator, scale, numerator_scale) -%}
    {%- set units = "cast(replace(cast(cast(" ~ numerator ~ " as decimal(38, " ~ numerator_scale
        ~ ")) as varchar), '.', '') as hugeint)" -%}
    {%- set divisor = '(' ~ 10 ** numerator_scale ~ '::hugeint * cast(' ~ denominator ~ ' as hugeint))' -%}
    (
        cast(
            sign({{ units }}) * (
                (2 * abs({{ units }}) * {{ 10 ** scale }} + {{ divisor }}) // (2 * {{ divisor }})
            ) as decimal(38, 0)
        ) * cast({{ '0.' ~ '0' * (scale - 1) ~ '1' if scale > 0 else '1' }} as decimal(18, {{ scale }}))
    )
{%- endmacro %}

{% macro spark__divide_money(numerator, denominator, scale, numerator_scale) -%}
    round(
        cast({{ numerator }} as decimal(38, {{ numerator_scale }})) / cast({{ denominator }} as decimal(20, 0)),
        {{ scale }}
    )
{%- endmacro %}


{# An amount in the reporting currency: amount × rate, rounded once, half away from zero, to its minor units. #}
{% macro to_reporting_amount(amount, rate) -%}
    cast(
        round(
            cast({{ amount }} as decimal(20, 6)) * cast({{ rate }} as decimal(18, 9)),
            {{ var('reporting_minor_units') }}
        ) as decimal(18, 2)
    )
{%- endmacro %}


{#
  The share of an amount in the reporting currency: amount × ratio × rate, rounded once. The exact product has more
  digits than a decimal holds, so whole units and what is left of them are converted apart and added, exactly.
#}
{% macro to_reporting_share(amount, ratio, rate) -%}
    {%- set share = '(cast(' ~ amount ~ ' as decimal(20, 6)) * cast(' ~ ratio ~ ' as decimal(9, 6)))' -%}
    {%- set whole = 'cast(floor(' ~ share ~ ') as decimal(19, 0))' -%}
    cast(
        round(
            cast({{ whole }} * cast({{ rate }} as decimal(18, 9)) as decimal(37, 21))
            + cast(
                cast({{ share }} - {{ whole }} as decimal(13, 12)) * cast({{ rate }} as decimal(18, 9))
                as decimal(37, 21)
            ),
            {{ var('reporting_minor_units') }}
        ) as decimal(18, 2)
    )
{%- endmacro %}


{# A text amount in minor units (cents) to units: divided by 10^exponent of the currency, exactly. #}
{% macro minor_units_to_amount(text, exponent) -%}
    cast(
        {{ safe_decimal(text, 38, 12) }}
        * case {{ exponent }}
            when 0 then cast(1 as decimal(4, 3))
            when 3 then cast(0.001 as decimal(4, 3))
            else cast(0.01 as decimal(4, 3))
        end as decimal(18, 4)
    )
{%- endmacro %}


{# The interpolated percentiles (0–1) as doubles. An aggregate; `one_percentile` takes out the first, second, … #}
{% macro percentiles_cont(column, ps) %}{{ return(adapter.dispatch('percentiles_cont')(column, ps)) }}{% endmacro %}

{% macro default__percentiles_cont(column, ps) -%}
    quantile_cont(cast({{ column }} as double), [{{ ps | join(', ') }}])
{%- endmacro %}

{% macro spark__percentiles_cont(column, ps) -%}
    percentile(cast({{ column }} as double), array({{ ps | join(', ') }}))
{%- endmacro %}

{% macro one_percentile(percentiles, number) %}
    {{- return(adapter.dispatch('one_percentile')(percentiles, number)) -}}
{% endmacro %}

{% macro default__one_percentile(percentiles, number) -%}{{ percentiles }}[{{ number }}]{%- endmacro %}
{% macro spark__one_percentile(percentiles, number) -%}element_at({{ percentiles }}, {{ number }}){%- endmacro %}


{# The value of one column in the row with the smallest (largest) other column. Aggregates. #}
{% macro value_at_min(column, ordering) %}{{ return(adapter.dispatch('value_at_min')(column, ordering)) }}{% endmacro %}
{% macro default__value_at_min(column, ordering) -%}arg_min({{ column }}, {{ ordering }}){%- endmacro %}
{% macro spark__value_at_min(column, ordering) -%}min_by({{ column }}, {{ ordering }}){%- endmacro %}

{% macro value_at_max(column, ordering) %}{{ return(adapter.dispatch('value_at_max')(column, ordering)) }}{% endmacro %}
{% macro default__value_at_max(column, ordering) -%}arg_max({{ column }}, {{ ordering }}){%- endmacro %}
{% macro spark__value_at_max(column, ordering) -%}max_by({{ column }}, {{ ordering }}){%- endmacro %}


{% macro is_any(condition) -%}bool_or({{ condition }}){%- endmacro %}
{% macro is_every(condition) -%}bool_and({{ condition }}){%- endmacro %}


{# Hash of a text: 32 hex digits. #}
{% macro hash_text(text) -%}md5({{ text }}){%- endmacro %}

{# Text of several columns with escaped delimiter and distinct NULL; equal texts mean equal rows. #}
{% macro row_text(columns) -%}
    {%- for column in columns -%}
        {{- " || '|' || " if not loop.first -}}
        coalesce(
            replace(replace(cast({{ column }} as {{ dbt.type_string() }}), '~', '~~'), '|', '~!'), '~0'
        )
    {%- endfor -%}
{%- endmacro %}

{# Key of a row: hash over its key columns. #}
{% macro surrogate_key(columns) -%}
    {{ hash_text(row_text(columns)) }}
{%- endmacro %}

{# Integer of 15 hex digits of a row's hash, for order-independent content hashes. #}
{% macro row_hash(columns) %}{{ return(adapter.dispatch('row_hash')(columns)) }}{% endmacro %}

{% macro default__row_hash(columns) -%}
    cast(cast('0x' || substr({{ surrogate_key(columns) }}, 1, 15) as bigint) as decimal(38, 0))
{%- endmacro %}

{% macro spark__row_hash(columns) -%}
    cast(conv(substr({{ surrogate_key(columns) }}, 1, 15), 16, 10) as decimal(38, 0))
{%- endmacro %}


{# Text for comparison: trimmed, NFC (not on Spark, which has no function for it before 4.4), lower case; blank is NULL. #}
{% macro comparable_text(text) %}{{ return(adapter.dispatch('comparable_text')(text)) }}{% endmacro %}

{% macro default__comparable_text(text) -%}
    nullif(lower(nfc_normalize(trim({{ text }}))), '')
{%- endmacro %}

{% macro spark__comparable_text(text) -%}
    nullif(lower(trim({{ text }})), '')
{%- endmacro %}

{# Domain of an e-mail address, for comparison. #}
{% macro email_domain(email) -%}
    nullif(split_part({{ comparable_text(email) }}, '@', 2), '')
{%- endmacro %}


{# Web domain of a company, for comparison: without "www.". #}
{% macro company_domain(domain) -%}
    nullif(regexp_replace({{ comparable_text(domain) }}, '^www[.]', ''), '')
{%- endmacro %}


{# Part of a separated text, counted from 1. #}
{% macro text_part(text, separator, number) -%}
    nullif(split_part({{ text }}, '{{ separator }}', {{ number }}), '')
{%- endmacro %}
