{# Before a run: hold DuckDB to the memory that the company's configuration grants; Spark has its own settings. #}
{% macro limit_memory() -%}
    {%- set limit = env_var('FUNNELHOUSE_MEMORY_LIMIT', '') -%}
    {%- if limit and target.type == 'duckdb' -%}
        set memory_limit = '{{ limit }}'
    {%- endif -%}
{%- endmacro %}
