{# The dimensions by which KPIs are told, one at a time. #}
{% macro kpi_dimensions() -%}
    {{- return([
        'channel', 'source', 'campaign', 'region', 'segment', 'product', 'opportunity_type', 'currency', 'team',
        'sales_rep', 'ticket_channel', 'agent_group', 'funnel_step', 'pipeline_step', 'pipeline_stage'
    ]) -}}
{%- endmacro %}


{# Rows of a relation with a column for every dimension: those that it does not have are NULL, they do not apply. #}
{% macro with_all_dimensions(relation, dimensions, keep) %}
    select
        {{ keep | join(',\n        ') }}
        {%- for dimension in kpi_dimensions() %},
        {{ dimension if dimension in dimensions else 'cast(null as ' ~ dbt.type_string() ~ ') as ' ~ dimension }}
        {%- endfor %}
    from {{ relation }}
{%- endmacro %}


{#
  Every row once for the total (member `all`) and once for each dimension that applies to it (its column is not
  NULL): the columns `keep`, `dimension` and `member`. With `scope`, a column that holds `all` or the one dimension
  that the row serves, only that dimension gets the row.
#}
{% macro rows_by_member(relation, keep, scope=none) %}
    select
        {{ keep | join(',\n        ') }},
        dimension,
        member
    from (
        select
            {{ relation }}.*,
            dimensions.dimension,
            case dimensions.dimension
                when 'total' then 'all'
                {%- for dimension in kpi_dimensions() %}
                when '{{ dimension }}' then {{ relation }}.{{ dimension }}
                {%- endfor %}
            end as member
        from {{ relation }}
        cross join (values ('total'){% for dimension in kpi_dimensions() %}, ('{{ dimension }}'){% endfor %})
            as dimensions (dimension)
        {%- if scope %}
        where {{ relation }}.{{ scope }} in ('all', dimensions.dimension)
        {%- endif %}
    ) as by_dimension
    where member is not null
{% endmacro %}
