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
    {%- set has_denominator = entry.get('has_denominator', entry.aggregation == 'ratio'
        or (entry.aggregation in ('recompute', 'last') and entry.unit == 'ratio')) -%}
    {%- set has_observations = entry.aggregation == 'recompute' and not has_denominator -%}
    {%- set sample_source = 'observations' if has_observations else 'denominator' if has_denominator
        else 'numerator' if entry.unit == 'count' else 'facts' %}
    {%- set significance_test = 'two_proportions' if entry.aggregation == 'ratio' and entry.unit == 'ratio'
        else 'poisson_rates' if entry.aggregation == 'sum' and entry.unit == 'count'
        else 'welch_t' if name.endswith('_mean') else 'mann_whitney_u' if name.endswith('_median') else 'none' %}
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
        {{ text_literal(entry.get('smallest_grain', 'day')) }} as smallest_grain,
        {{ text_literal(entry.dimensions | join(', ')) }} as dimensions,
        {{ text_literal(entry.drill_through.fact) }} as drill_through_fact,
        {{ text_literal(entry.drill_through.filter) }} as drill_through_filter,
        {{ text_literal(entry.drill_through.get('others', []) | join(', ')) }} as other_facts,
        {{ text_or_null(entry.drill_through.get('date')) }} as drill_through_date,
        {{ entry.drill_through.get('has_other_days', false) | lower }} as has_rows_of_other_days,
        {{ text_or_null(entry.drill_through.get('measure')) }} as drill_through_measure,
        {{ text_or_null(entry.drill_through.get('denominator')) }} as drill_through_denominator,
        {{ text_literal(model) }} as computed_by,
        {{ text_literal(entry.get('sample_source', sample_source)) }} as sample_source,
        {{ text_literal(entry.get('requires', 'none')) }} as required_input,
        {{ text_literal(entry.get('significance_test', significance_test)) }} as significance_test,
        {{ has_denominator | lower }} as has_denominator,
        {{ entry.get('is_zero_when_empty', not has_observations) | lower }} as is_zero_when_empty,
        {{ entry.get('maturity_days', 'cast(null as integer)') }} as maturity_days,
        {{ text_literal(entry.get('valid_from', '1900-01-01')) }} as valid_from_text,
        {{ text_literal(entry.get('valid_to', '')) }} as valid_to_text,
        {{ text_literal(entry.get('variant', '')) }} as variant,
        {{ text_literal(entry.get('computed_as', name)) }} as computed_as,
        {{ text_literal(entry.get('change', '')) }} as change_note
    {%- endfor %}
    {%- if not entries %}
    select
        {% for column in ['kpi', 'label', 'unit', 'direction', 'owner', 'formula', 'grain', 'aggregation', 'smallest_grain', 'dimensions',
            'drill_through_fact', 'drill_through_filter', 'other_facts', 'drill_through_date', 'drill_through_measure',
            'drill_through_denominator', 'computed_by', 'sample_source', 'required_input', 'significance_test', 'valid_from_text', 'valid_to_text',
            'variant', 'computed_as', 'change_note'] -%}
        cast(null as varchar) as {{ column }},
        {% endfor -%}
        0 as version,
        0 as maturity_days,
        false as has_rows_of_other_days,
        false as has_denominator,
        false as is_zero_when_empty
    where false
    {%- endif %}
{% endmacro %}

{% macro text_literal(text) -%}
    '{{ text | string | replace("'", "''") | replace("\n", " ") | trim }}'
{%- endmacro %}

{% macro text_or_null(text) -%}
    {{ text_literal(text) if text else 'cast(null as ' ~ dbt.type_string() ~ ')' }}
{%- endmacro %}
