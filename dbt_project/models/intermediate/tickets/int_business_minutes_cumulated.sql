with business_hours as (
    select * from {{ ref('int_business_hours_unioned') }}
),

holidays as (
    select * from {{ ref('int_holidays_unioned') }}
),

tickets as (
    select * from {{ ref('int_tickets_placed') }}
),

run_parameters as (
    select * from {{ ref('int_run_parameters') }}
),

first_dates as (
    select min(created_date) as first_date
    from tickets
),

-- a message may be older than its ticket's record
schedules as (
    select
        business_hours.source_system,
        business_hours.schedule_id,
        business_hours.time_zone,
        business_hours.weekday,
        business_hours.opens_at,
        business_hours.closes_at,
        {{ date_add_days('first_dates.first_date', -31) }} as first_date,
        {{ date_add_days('run_parameters.as_of_date', 2) }} as last_date
    from business_hours
    cross join first_dates
    cross join run_parameters
    where not business_hours.is_deleted
),

days as (
    {{ expand_days(
        'schedules',
        ['source_system', 'schedule_id', 'time_zone', 'weekday', 'opens_at', 'closes_at'],
        'first_date',
        'last_date'
    ) }}
),

-- both ends go to UTC on their own, so that a night in which the clock changes has its real length
intervals as (
    select
        days.source_system,
        days.schedule_id,
        {{ utc_timestamp(local_time_of_day('days.date_day', 'days.opens_at'), 'days.time_zone') }}
            as starts_at,
        {{ utc_timestamp(local_time_of_day('days.date_day', 'days.closes_at'), 'days.time_zone') }}
            as ends_at
    from days
    left join holidays
        on days.source_system = holidays.source_system
        and days.schedule_id = holidays.schedule_id
        and days.date_day = holidays.holiday_date
        and not holidays.is_deleted
    where days.weekday = {{ iso_weekday('days.date_day') }}
        and holidays.holiday_date is null
),

measured as (
    select
        source_system,
        schedule_id,
        starts_at,
        ends_at,
        {{ microseconds_between('starts_at', 'ends_at') }} as open_microseconds
    from intervals
    where starts_at < ends_at
),

final as (
    select
        source_system,
        schedule_id,
        starts_at,
        ends_at,
        open_microseconds,
        sum(open_microseconds) over (
            partition by source_system, schedule_id
            order by starts_at
            rows between unbounded preceding and current row
        ) - open_microseconds as microseconds_before
    from measured
)

select * from final
