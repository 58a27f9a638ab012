{# dbt-duckdb's materializations, with fewer statements: of hundreds of models a night changes few. #}

{# An incremental table (staging) is left alone when no row came to its source since. #}
{% materialization incremental, adapter='duckdb' %}
    {%- if load_cached_relation(this) is not none and not should_full_refresh() and not rows_came() -%}
        {%- call noop_statement('main', 'UNCHANGED') -%}{%- endcall -%}
        {{ return({'relations': [this.incorporate(type='table')]}) }}
    {%- endif -%}
    {{ return(dbt.materialization_incremental_duckdb()) }}
{% endmaterialization %}

{% macro rows_came() %}
    {%- set found = [] -%}
    {%- for name in model.depends_on.nodes if name in graph.sources -%}
        {%- do found.append(
            'exists (from ' ~ relation_of(graph_node(name)) ~ ' where load_seq > '
            ~ '(select coalesce(max(load_seq), -1) from ' ~ this ~ '))'
        ) -%}
    {%- endfor -%}
    {{ return(run_query('select ' ~ found | join(' or ')).rows[0][0]) }}
{% endmacro %}


{% materialization view, adapter='duckdb' %}
    {%- set existing = load_cached_relation(this) -%}
    {%- call statement('main') -%}
        {% if existing is not none %}drop {{ existing.type }} {{ this }};{% endif %}
        {{ create_view_as(this, compiled_code) }}
    {%- endcall -%}
    {{ return(finished('view')) }}
{% endmaterialization %}
