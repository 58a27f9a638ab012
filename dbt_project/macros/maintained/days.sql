{# How a maintained model follows days (materialization.sql tells the configuration). #}

{# An input that tells by its column `day` which days its changed rows concern, and of which `on_days` says whom. #}
{% macro is_about_days(name) %}
    {{ return(config.get('on_days') is not none and graph_node(name).config.get('day') is not none) }}
{% endmacro %}

{# The first and the last day of which changed inputs tell; none without such an input; `unknown` if one concerns all. #}
{% macro changed_days(changed, known) %}
    {%- set selects = [] -%}
    {%- for name in changed if is_about_days(name) -%}
        {%- set input, tells = known.inputs[name], graph_node(name).config -%}
        {%- if input.rows is none or tells.day not in input.columns -%}{{ return('unknown') }}{%- endif -%}
        {%- set others = input.columns | reject('equalto', tells.day) | list -%}
        {%- do selects.append(
            'select min(cast(' ~ tells.day ~ ' as date)) as since, max(cast(' ~ tells.day ~ ' as date)) as until, '
            ~ ('count(distinct row(' ~ others | join(', ') ~ ')) = 1' if tells.day_alone and others else 'true')
            ~ ' as is_told from ' ~ input.rows
        ) -%}
    {%- endfor -%}
    {%- if selects -%}
        {%- set since, until, is_told = run_query(
            'select min(since), max(until), bool_and(is_told) from (' ~ selects | join(' union all ') ~ ')'
        ).rows[0].values() -%}
        {{ return({'since': since, 'until': until} if is_told and since else 'unknown') }}
    {%- endif -%}
    {{ return(none) }}
{% endmacro %}

{# A condition of `on_days`: dated on one of the days. #}
{% macro dated(expression) %}{{ return(expression ~ ' between {since} and {until}') }}{% endmacro %}

{# The same of an instant: rows of other years are passed over before their local day is told, which takes longer. #}
{% macro dated_at(instant) %}
    {{ return(
        '(' ~ instant ~ ' between {since} - interval 2 day and {until} + interval 3 day and '
        ~ dated(reporting_date(instant)) ~ ')'
    ) }}
{% endmacro %}

{# `on_days` writes conditions with {since}, {until} and {this}. #}
{% macro of_days(condition, days) %}
    {{ return('(' ~ condition | replace('{since}', "date '" ~ days.since ~ "'")
        | replace('{until}', "date '" ~ days.until ~ "'") | replace('{this}', this | string) ~ ')') }}
{% endmacro %}

{# Of changed rows those that tell a key: a model that grows makes the changed days anew, whatever an input has on them. #}
{% macro rows_before(days, input) %}
    {%- if days and config.get('grows') and input.grows -%}
        {{ return('(select * from ' ~ input.rows ~ ' where ' ~ input.grows ~ " < date '" ~ days.since ~ "')") }}
    {%- endif -%}
    {{ return(input.rows) }}
{% endmacro %}

{# Of the rows of the model: those of the listed keys, and with `grows` those of the changed days and later. #}
{% macro is_made_anew(days) %}
    {%- set of_keys = concerns({'column': config.get('key')}) -%}
    {%- if days and config.get('grows') -%}
        {{ return(of_keys ~ ' or ' ~ config.get('grows') ~ " >= date '" ~ days.since ~ "'") }}
    {%- endif -%}
    {{ return(of_keys) }}
{% endmacro %}

{# A row that is read for the changed days alone begins on the first of them: its days before are there. #}
{% macro begun(column, way, days) %}
    {%- if column and days -%}
        {{ return(
            ' replace (case when ' ~ concerns(way) ~ ' then ' ~ column ~ ' else greatest(' ~ column ~ ", date '"
            ~ days.since ~ "') end as " ~ column ~ ')'
        ) }}
    {%- endif -%}
    {{ return('') }}
{% endmacro %}
