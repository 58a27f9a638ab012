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
        cast(dense_rank() over (order by first_date, last_date) as integer) as span_number
    from spans
)

select * from final
