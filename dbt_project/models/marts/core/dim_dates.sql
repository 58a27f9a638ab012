with calendar_days as (
    select * from {{ ref('int_calendar_days') }}
),

run_parameters as (
    select * from {{ ref('int_run_parameters') }}
),

final as (
    select
        calendar_days.calendar_date,
        cast(extract(year from calendar_days.calendar_date) as integer) as year_number,
        cast(extract(quarter from calendar_days.calendar_date) as integer) as quarter_number,
        cast(extract(month from calendar_days.calendar_date) as integer) as month_number,
        calendar_days.weekday_number,
        calendar_days.month_start_date,
        calendar_days.month_end_date,
        calendar_days.quarter_start_date,
        calendar_days.year_start_date,
        -- the fiscal year carries the number of the calendar year in which it ends
        cast(extract(year from {{ date_add_months(
            'calendar_days.calendar_date', 'mod(13 - run_parameters.fiscal_year_start_month, 12)'
        ) }}) as integer) as fiscal_year_number,
        calendar_days.weekday_number >= 6 as is_weekend,
        calendar_days.calendar_date <= run_parameters.as_of_date as is_complete,
        false as is_unknown
    from calendar_days
    cross join run_parameters
    union all
    select
        date '1900-01-01' as calendar_date,
        1900 as year_number,
        1 as quarter_number,
        1 as month_number,
        1 as weekday_number,
        date '1900-01-01' as month_start_date,
        date '1900-01-31' as month_end_date,
        date '1900-01-01' as quarter_start_date,
        date '1900-01-01' as year_start_date,
        1900 as fiscal_year_number,
        false as is_weekend,
        true as is_complete,
        true as is_unknown
)

select * from final
