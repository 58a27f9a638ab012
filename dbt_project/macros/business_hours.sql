{# Local wall-clock timestamp of a time 'HH:MM' on a date; 24:00 is the next midnight. #}
{% macro local_time_of_day(date, time) -%}
    {{ timestamp_add_minutes(
        'cast(' ~ date ~ ' as timestamp)',
        "(cast(split_part(" ~ time ~ ", ':', 1) as integer) * 60"
        ~ " + cast(split_part(" ~ time ~ ", ':', 2) as integer))"
    ) }}
{%- endmacro %}


{#
  Business time from the beginning of a schedule to each instant. `instants` is a relation or CTE with
  schedule_source_system, schedule_id and instant_at; `intervals` is int_business_minutes_cumulated. Gives
  one row per schedule and instant: schedule_source_system, schedule_id, instant_at, business_microseconds.
  business_minutes_between subtracts two of them.
#}
{% macro business_time_until(instants, intervals) %}
    select distinct
        schedule_source_system,
        schedule_id,
        marked_at as instant_at,
        cast(
            case
                when last_starts_at is null then 0
                else last_microseconds_before
                    + {{ microseconds_between('last_starts_at', 'least(last_ends_at, marked_at)') }}
            end as bigint
        ) as business_microseconds
    from (
        select
            schedule_source_system,
            schedule_id,
            marked_at,
            mark_order,
            max(starts_at) over so_far as last_starts_at,
            max(ends_at) over so_far as last_ends_at,
            max(microseconds_before) over so_far as last_microseconds_before
        from (
            select
                source_system as schedule_source_system,
                schedule_id,
                starts_at as marked_at,
                0 as mark_order,
                starts_at,
                ends_at,
                microseconds_before
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
        window so_far as (
            partition by schedule_source_system, schedule_id
            order by marked_at, mark_order
            rows between unbounded preceding and current row
        )
    ) as carried
    where mark_order = 1
{% endmacro %}


{# Business minutes, decimal(18, 9), between two rows (aliases) that business_time_until gave. #}
{% macro business_minutes_between(start_row, end_row) -%}
    cast(
        {{ divide_money(
            'cast(' ~ end_row ~ '.business_microseconds - ' ~ start_row
            ~ '.business_microseconds as decimal(38, 0))',
            '60000000',
            9
        ) }} as decimal(18, 9)
    )
{%- endmacro %}


{# Minutes of a day as HH:MM; 1440 is 24:00. #}
{% macro time_of_day(minutes) -%}
    (
        lpad(cast(cast(floor({{ minutes }} / 60) as integer) as {{ dbt.type_string() }}), 2, '0')
        || ':'
        || lpad(cast(cast({{ minutes }} % 60 as integer) as {{ dbt.type_string() }}), 2, '0')
    )
{%- endmacro %}


{# One row per whole number from first to last, as `number`. #}
{% macro whole_numbers(first, last) %}
    {%- for number in range(first, last + 1) %}
    {{ 'union all ' if not loop.first }}select {{ number }} as number
    {%- endfor %}
{% endmacro %}
