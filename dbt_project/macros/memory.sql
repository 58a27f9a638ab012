{# Before a run: hold DuckDB to the memory that the company's configuration grants; Spark has its own settings. #}
{% macro limit_memory() -%}
    {%- set limit = env_var('FUNNELHOUSE_MEMORY_LIMIT', '') -%}
    {%- if limit and target.type == 'duckdb' -%}
        set memory_limit = '{{ limit }}'
    {%- endif -%}
{%- endmacro %}


{#
  At the end of a table that is grouped over and over: on DuckDB, rows that are read together lie together, which
  makes aggregates with large states several times faster. Spark shuffles them in any case.
#}
{% macro lying_by(columns) %}{{ return(adapter.dispatch('lying_by')(columns)) }}{% endmacro %}

{% macro default__lying_by(columns) -%}order by {{ columns | join(', ') }}{%- endmacro %}
{% macro spark__lying_by(columns) -%}{%- endmacro %}
