{#
  Every date column of a fact is a key of dim_dates, which plays the role that the column names. One check for all of a
  fact's columns, because the relation is read once.
#}
{% test role_playing_dates(model, columns) %}
with days as (
    select calendar_date from {{ ref('dim_dates') }}
),

used as (
    {%- for column in columns %}
    select distinct
        '{{ column }}' as date_role,
        {{ column }} as calendar_date
    from {{ model }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
)

select
    used.date_role,
    used.calendar_date
from used
left join days
    on used.calendar_date = days.calendar_date
where used.calendar_date is not null
    and days.calendar_date is null
{% endtest %}
