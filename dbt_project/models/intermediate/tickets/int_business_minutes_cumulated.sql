{{ config(day='starts_at') }}

with business_hours as (
    select * from {{ ref('int_business_hours_unioned') }}
),

company_hours as (
    select * from {{ ref('int_company_business_hours_mapped') }}
),

holidays as (
    select * from {{ ref('int_holidays_unioned') }}
),

tickets as (
    select * from {{ ref('int_tickets_placed') }}
),

lead_events as (
    select * from {{ ref('int_lead_events_counted') }}
),

run_parameters as (
    select * from {{ ref('int_run_parameters') }}
),

measured_dates as (
    select created_date as measured_date
    from tickets
    union all
    select event_date as measured_date
    from lead_events
    where is_first_mql
),

first_dates as (
    select min(measured_date) as first_date
    from measured_dates
),

-- the company has one default schedule: the configured one, else that of its files
company_sources as (
    select coalesce(min(company_hours.source_system), min(business_hours.source_system)) as source_system
    from business_hours
    left join company_hours
        on business_hours.source_system = company_hours.source_system
        and business_hours.schedule_id = company_hours.schedule_id
    where business_hours.schedule_id = 'default'
        and not business_hours.is_deleted
),

hours as (
    select source_system, schedule_id, time_zone, weekday, opens_at, closes_at
    from business_hours
    where not is_deleted
    union all
    select
        '(company)' as source_system,
        business_hours.schedule_id,
        business_hours.time_zone,
        business_hours.weekday,
        business_hours.opens_at,
        business_hours.closes_at
    from business_hours
    inner join company_sources
        on business_hours.source_system = company_sources.source_system
    where business_hours.schedule_id = 'default'
        and not business_hours.is_deleted
),

-- whoever has the company's hours has its holidays, of which a file may be a source of its own
company_schedules as (
    select source_system, schedule_id
    from company_hours
    union
    select '(company)' as source_system, 'default' as schedule_id
),

days_off as (
    select source_system, schedule_id, holiday_date
    from holidays
    where not is_deleted
    union
    select company_schedules.source_system, company_schedules.schedule_id, holidays.holiday_date
    from holidays
    inner join company_schedules
        on holidays.schedule_id = company_schedules.schedule_id
    where holidays.schedule_id = 'default'
        and not holidays.is_deleted
),

-- a message may be older than its ticket's record
schedules as (
    select
        hours.source_system,
        hours.schedule_id,
        hours.time_zone,
        hours.weekday,
        hours.opens_at,
        hours.closes_at,
        {{ date_add_days('first_dates.first_date', -31) }} as first_date,
        {{ date_add_days('run_parameters.as_of_date', 2) }} as last_date
    from hours
    cross join first_dates
    cross join run_parameters
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
    left join days_off
        on days.source_system = days_off.source_system
        and days.schedule_id = days_off.schedule_id
        and days.date_day = days_off.holiday_date
    where days.weekday = {{ iso_weekday('days.date_day') }}
        and days_off.holiday_date is null
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
