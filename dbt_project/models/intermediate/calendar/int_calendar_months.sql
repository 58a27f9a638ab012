with calendar_days as (
    select * from {{ ref('int_calendar_days') }}
),

run_parameters as (
    select * from {{ ref('int_run_parameters') }}
),

final as (
    select
        calendar_days.month_start_date,
        calendar_days.month_end_date,
        calendar_days.quarter_start_date,
        -- the month that is still running ends, for now, on the as-of date
        least(calendar_days.month_end_date, run_parameters.as_of_date) as snapshot_date,
        calendar_days.month_end_date <= run_parameters.as_of_date as is_complete_month
    from calendar_days
    inner join run_parameters
        on calendar_days.calendar_date <= run_parameters.as_of_date
    where calendar_days.calendar_date = calendar_days.month_start_date
)

select * from final
