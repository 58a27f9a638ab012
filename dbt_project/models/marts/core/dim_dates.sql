with calendar_days as (
    select * from {{ ref('int_calendar_days') }}
),

calendar_periods as (
    select * from {{ ref('int_calendar_periods') }}
),

working_days as (
    select * from {{ ref('int_working_days') }}
),

run_parameters as (
    select * from {{ ref('int_run_parameters') }}
),

period_starts as (
    select
        calendar_date,
        max(case when period_grain = 'week' then period_start_date end) as week_start_date,
        max(case when period_grain = 'fiscal_quarter' then period_start_date end) as fiscal_quarter_start_date,
        max(case when period_grain = 'fiscal_year' then period_start_date end) as fiscal_year_start_date
    from calendar_periods
    group by calendar_date
),

final as (
    select
        calendar_days.calendar_date,
        cast(extract(year from calendar_days.calendar_date) as integer) as year_number,
        cast(extract(quarter from calendar_days.calendar_date) as integer) as quarter_number,
        cast(extract(month from calendar_days.calendar_date) as integer) as month_number,
        calendar_days.weekday_number,
        period_starts.week_start_date,
        calendar_days.month_start_date,
        calendar_days.month_end_date,
        calendar_days.quarter_start_date,
        calendar_days.year_start_date,
        period_starts.fiscal_quarter_start_date,
        period_starts.fiscal_year_start_date,
        -- the fiscal year carries the number of the calendar year in which it ends
        cast(extract(year from {{ date_add_months(
            'calendar_days.calendar_date', 'mod(13 - run_parameters.fiscal_year_start_month, 12)'
        ) }}) as integer) as fiscal_year_number,
        run_parameters.weekend_days
        like '%' || cast(calendar_days.weekday_number as {{ dbt.type_string() }}) || '%' as is_weekend,
        working_days.working_day_count = 1 as is_working_day,
        calendar_days.calendar_date <= run_parameters.as_of_date as is_complete,
        false as is_unknown
    from calendar_days
    cross join run_parameters
    inner join period_starts
        on calendar_days.calendar_date = period_starts.calendar_date
    inner join working_days
        on calendar_days.calendar_date = working_days.calendar_date
    union all
    select
        date '1900-01-01' as calendar_date,
        1900 as year_number,
        1 as quarter_number,
        1 as month_number,
        1 as weekday_number,
        date '1900-01-01' as week_start_date,
        date '1900-01-01' as month_start_date,
        date '1900-01-31' as month_end_date,
        date '1900-01-01' as quarter_start_date,
        date '1900-01-01' as year_start_date,
        date '1900-01-01' as fiscal_quarter_start_date,
        date '1900-01-01' as fiscal_year_start_date,
        1900 as fiscal_year_number,
        false as is_weekend,
        false as is_working_day,
        true as is_complete,
        true as is_unknown
)

select * from final
