with calendar_days as (
    select * from {{ ref('int_calendar_days') }}
),

run_parameters as (
    select * from {{ ref('int_run_parameters') }}
),

-- a fiscal year is a calendar year that is shifted by whole months
shifted as (
    select
        calendar_days.calendar_date,
        calendar_days.month_start_date,
        calendar_days.quarter_start_date,
        calendar_days.year_start_date,
        calendar_days.weekday_number,
        run_parameters.fiscal_year_start_month - 1 as fiscal_shift,
        {{ date_add_months('calendar_days.month_start_date', '1 - run_parameters.fiscal_year_start_month') }}
            as shifted_month_date,
        case run_parameters.week_start
            when 'tuesday' then 2
            when 'wednesday' then 3
            when 'thursday' then 4
            when 'friday' then 5
            when 'saturday' then 6
            when 'sunday' then 7
            else 1
        end as first_weekday_number
    from calendar_days
    cross join run_parameters
),

final as (
    select
        calendar_date,
        'day' as period_grain,
        calendar_date as period_start_date
    from shifted
    union all
    select
        calendar_date,
        'week' as period_grain,
        {{ date_add_days('calendar_date', '-((weekday_number - first_weekday_number + 7) % 7)') }}
            as period_start_date
    from shifted
    union all
    select
        calendar_date,
        'month' as period_grain,
        month_start_date as period_start_date
    from shifted
    union all
    select
        calendar_date,
        'quarter' as period_grain,
        quarter_start_date as period_start_date
    from shifted
    union all
    select
        calendar_date,
        'year' as period_grain,
        year_start_date as period_start_date
    from shifted
    union all
    select
        calendar_date,
        'fiscal_quarter' as period_grain,
        {{ date_add_months(quarter_start('shifted_month_date'), 'fiscal_shift') }} as period_start_date
    from shifted
    union all
    select
        calendar_date,
        'fiscal_year' as period_grain,
        {{ date_add_months(year_start('shifted_month_date'), 'fiscal_shift') }} as period_start_date
    from shifted
)

select * from final
