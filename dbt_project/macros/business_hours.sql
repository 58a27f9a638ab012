{# Local wall-clock timestamp of a time 'HH:MM' on a date; 24:00 is the next midnight. #}
{% macro local_time_of_day(date, time) -%}
    {{ timestamp_add_minutes(
        'cast(' ~ date ~ ' as timestamp)',
        "(cast(split_part(" ~ time ~ ", ':', 1) as integer) * 60"
        ~ " + cast(split_part(" ~ time ~ ", ':', 2) as integer))"
    ) }}
{%- endmacro %}


{#
  Business minutes from the beginning of a schedule to each instant. `instants` is a relation or CTE with
  schedule_source_system, schedule_id and instant_at; `intervals` is int_business_minutes_cumulated. Gives
  one row per schedule and instant: schedule_source_system, schedule_id, instant_at, business_minutes. Two
  of them subtracted are the business minutes between two instants.
#}
{% macro business_minutes_until(instants, intervals) %}
    select distinct
        schedule_source_system,
        schedule_id,
        marked_at as instant_at,
        cast(
            case
                when last_starts_at is null then 0
                else last_minutes_before
                    + {{ minutes_between('last_starts_at', 'least(last_ends_at, marked_at)') }}
            end as decimal(18, 6)
        ) as business_minutes
    from (
        select
            schedule_source_system,
            schedule_id,
            marked_at,
            mark_order,
            max(starts_at) over (
                partition by schedule_source_system, schedule_id order by marked_at, mark_order
                rows between unbounded preceding and current row
            ) as last_starts_at,
            max(ends_at) over (
                partition by schedule_source_system, schedule_id order by marked_at, mark_order
                rows between unbounded preceding and current row
            ) as last_ends_at,
            max(minutes_before) over (
                partition by schedule_source_system, schedule_id order by marked_at, mark_order
                rows between unbounded preceding and current row
            ) as last_minutes_before
        from (
            select
                source_system as schedule_source_system,
                schedule_id,
                starts_at as marked_at,
                0 as mark_order,
                starts_at,
                ends_at,
                minutes_before
            from {{ intervals }}
            union all
            select
                schedule_source_system,
                schedule_id,
                instant_at,
                1,
                null,
                null,
                null
            from {{ instants }}
        ) as marks
    ) as carried
    where mark_order = 1
{% endmacro %}


{# Minutes of a day as HH:MM; 1440 is 24:00. #}
{% macro time_of_day(minutes) -%}
    (
        lpad(cast(cast(floor({{ minutes }} / 60) as integer) as varchar), 2, '0')
        || ':'
        || lpad(cast(cast({{ minutes }} % 60 as integer) as varchar), 2, '0')
    )
{%- endmacro %}


{# One row per whole number from first to last, as `number`. #}
{% macro whole_numbers(first, last) %}
    {%- for number in range(first, last + 1) %}
    {{ 'union all ' if not loop.first }}select {{ number }} as number
    {%- endfor %}
{% endmacro %}
