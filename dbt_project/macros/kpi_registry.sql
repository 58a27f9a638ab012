{# The KPI registry as rows, read from `meta.kpis` of the models that compute the KPIs, where each stands once. #}

{% macro kpi_registry() %}
    {%- set entries = [] -%}
    {%- if execute -%}
        {%- for node in graph.nodes.values() if node.resource_type == 'model' -%}
            {%- for entry in node.config.meta.get('kpis', []) -%}
                {%- do entries.append([entry.name, entry, node.name]) -%}
            {%- endfor -%}
        {%- endfor -%}
    {%- endif -%}
    {%- for name, entry, model in entries | sort(attribute=0) %}
    {{ 'union all' if not loop.first }}
    select
        {{ text_literal(name) }} as kpi,
        {{ entry.get('version', 1) }} as version,
        {{ text_literal(entry.label) }} as label,
        {{ text_literal(entry.unit) }} as unit,
        {{ text_literal(entry.direction) }} as direction,
        {{ text_literal(entry.owner) }} as owner,
        {{ text_literal(entry.formula) }} as formula,
        {{ text_literal(entry.grain) }} as grain,
        {{ text_literal(entry.aggregation) }} as aggregation,
        {{ text_literal(entry.dimensions | join(', ')) }} as dimensions,
        {{ text_literal(entry.drill_through.fact) }} as drill_through_fact,
        {{ text_literal(entry.drill_through.filter) }} as drill_through_filter,
        {{ text_literal(model) }} as computed_by,
        {{ text_literal(entry.get('valid_from', '1900-01-01')) }} as valid_from_text
    {%- endfor %}
    {%- if not entries %}
    select
        {% for column in ['kpi', 'label', 'unit', 'direction', 'owner', 'formula', 'grain', 'aggregation', 'dimensions',
            'drill_through_fact', 'drill_through_filter', 'computed_by', 'valid_from_text'] -%}
        cast(null as varchar) as {{ column }},
        {% endfor -%}
        0 as version
    where false
    {%- endif %}
{% endmacro %}

{% macro text_literal(text) -%}
    '{{ text | string | replace("'", "''") | replace("\n", " ") | trim }}'
{%- endmacro %}
