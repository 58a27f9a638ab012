with calendar_periods as (
    select * from {{ ref('int_calendar_periods') }}
),

windows as (
    select * from {{ ref('int_kpi_comparison_windows') }}
),

periods as (
    select
        period_grain,
        period_start_date,
        min(calendar_date) as first_date,
        max(calendar_date) as last_date
    from calendar_periods
    group by period_grain, period_start_date
),

spans as (
    select period_grain, period_start_date, 'period' as comparison, first_date, last_date
    from periods
    union all
    select
        windows.period_grain,
        windows.period_start_date,
        windows.comparison,
        periods.first_date,
        least(windows.last_date, periods.last_date) as last_date
    from windows
    inner join periods
        on
            windows.period_grain = periods.period_grain
            and windows.compared_start_date = periods.period_start_date
),

final as (
    select
        period_grain,
        period_start_date,
        comparison,
        first_date,
        last_date,
        -- a number that its days alone give, so that the next day's spans renumber no other
        cast(
            {{ date_diff_days("date '1970-01-01'", 'first_date') }} * 1000
            + {{ date_diff_days('first_date', 'last_date') }} as integer
        ) as span_number
    from spans
)

select * from final
