{# The dimensions by which KPIs are told, one at a time. #}
{% macro kpi_dimensions() -%}
    {{- return(['channel', 'region', 'segment', 'team', 'sales_rep', 'ticket_channel', 'agent_group']) -}}
{%- endmacro %}


{#
  Every row once for the total (member `all`) and once for each dimension that applies to it (its column is not
  NULL): the columns `keep`, `dimension` and `member`. With `scope`, a column that holds `all` or the one dimension
  that the row serves, only that dimension gets the row.
#}
{% macro rows_by_member(relation, keep, scope=none) %}
    select
        {{ keep | join(',\n        ') }},
        'total' as dimension,
        'all' as member
    from {{ relation }}
    {%- if scope %}
    where {{ scope }} in ('all', 'total')
    {%- endif %}
    {%- for dimension in kpi_dimensions() %}
    union all
    select
        {{ keep | join(',\n        ') }},
        '{{ dimension }}' as dimension,
        {{ dimension }} as member
    from {{ relation }}
    where {{ dimension }} is not null
        {%- if scope %}
        and {{ scope }} in ('all', '{{ dimension }}')
        {%- endif %}
    {%- endfor %}
{% endmacro %}
