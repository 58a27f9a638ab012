with schedules as (
    select * from {{ ref('stg_zendesk__schedules') }}
),

zone_names as (
    select * from {{ ref('zendesk_time_zones') }}
),

-- minutes of the week in the schedule's own zone, Sunday is day 0
intervals as (
    {{ list_elements(
        'schedules',
        'intervals',
        ['schedule_id', 'time_zone', 'source_system', 'updated_at', 'is_deleted'],
        {'start_time': 'start_time', 'end_time': 'end_time'}
    ) }}
),

weekdays as (
    {{ whole_numbers(0, 6) }}
),

-- an interval over midnight is one row per day
daily as (
    select
        intervals.schedule_id,
        coalesce(zone_names.time_zone, intervals.time_zone) as time_zone,
        case weekdays.number when 0 then 7 else weekdays.number end as weekday,
        greatest({{ safe_integer('intervals.start_time') }}, weekdays.number * 1440)
        - weekdays.number * 1440 as opens_minute,
        least({{ safe_integer('intervals.end_time') }}, (weekdays.number + 1) * 1440)
        - weekdays.number * 1440 as closes_minute,
        intervals.source_system,
        intervals.updated_at,
        intervals.is_deleted
    from intervals
    inner join weekdays
        on {{ safe_integer('intervals.start_time') }} < (weekdays.number + 1) * 1440
        and {{ safe_integer('intervals.end_time') }} > weekdays.number * 1440
    left join zone_names
        on intervals.time_zone = zone_names.zone_name
),

final as (
    select
        schedule_id,
        time_zone,
        cast(weekday as bigint) as weekday,
        {{ time_of_day('opens_minute') }} as opens_at,
        {{ time_of_day('closes_minute') }} as closes_at,
        source_system,
        schedule_id || '|' || weekday || '|' || {{ time_of_day('opens_minute') }} as record_id,
        updated_at,
        is_deleted,
        cast(null as {{ dbt.type_string() }}) as source_url
    from daily
)

select * from final
