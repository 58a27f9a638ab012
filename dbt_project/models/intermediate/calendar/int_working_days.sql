with calendar_days as (
    select * from {{ ref('int_calendar_days') }}
),

business_hours as (
    select * from {{ ref('int_business_hours_unioned') }}
),

holidays as (
    select * from {{ ref('int_holidays_unioned') }}
),

run_parameters as (
    select * from {{ ref('int_run_parameters') }}
),

default_hours as (
    select distinct weekday
    from business_hours
    where schedule_id = 'default' and not is_deleted
),

days_off as (
    select distinct holiday_date
    from holidays
    where schedule_id = 'default' and not is_deleted
),

openings as (
    select calendar_days.calendar_date
    from calendar_days
    inner join default_hours on calendar_days.weekday_number = default_hours.weekday
    left join days_off on calendar_days.calendar_date = days_off.holiday_date
    where days_off.holiday_date is null
),

schedules as (
    select count(*) as hours_count from default_hours
),

-- without any business hours the weekend and the holidays are off
counted as (
    select
        calendar_days.calendar_date,
        case
            when openings.calendar_date is not null then 1
            when
                schedules.hours_count = 0
                and days_off.holiday_date is null
                and run_parameters.weekend_days
                not like '%' || cast(calendar_days.weekday_number as {{ dbt.type_string() }}) || '%'
                then 1
            else 0
        end as working_day_count
    from calendar_days
    cross join schedules
    cross join run_parameters
    left join openings on calendar_days.calendar_date = openings.calendar_date
    left join days_off on calendar_days.calendar_date = days_off.holiday_date
),

final as (
    select
        calendar_date,
        cast(working_day_count as integer) as working_day_count,
        cast(
            sum(working_day_count) over (
                order by calendar_date rows between unbounded preceding and current row
            ) as integer
        ) as working_days_so_far
    from counted
)

select * from final
