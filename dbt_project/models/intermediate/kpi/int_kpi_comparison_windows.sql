with periods as (
    select * from {{ ref('int_kpi_periods') }}
),

run_parameters as (
    select * from {{ ref('int_run_parameters') }}
),

ranked as (
    select
        *,
        row_number() over (partition by period_grain order by period_start_date desc) as recency
    from periods
),

recent as (
    select
        ranked.period_grain,
        ranked.period_start_date,
        ranked.closing_date,
        ranked.is_complete_period,
        ranked.previous_period_start_date,
        ranked.previous_year_start_date,
        {{ date_diff_days('ranked.period_start_date', 'ranked.closing_date') }} as elapsed_days
    from ranked
    cross join run_parameters
    where ranked.recency <= run_parameters.trend_periods
),

compared as (
    select recent.*, 'current' as comparison, recent.period_start_date as compared_start_date
    from recent
    union all
    select recent.*, 'previous' as comparison, recent.previous_period_start_date as compared_start_date
    from recent
    union all
    select recent.*, 'previous_year' as comparison, recent.previous_year_start_date as compared_start_date
    from recent
),

-- a running period is compared with as many days of the other one, which may be shorter
bounded as (
    select
        compared.period_grain,
        compared.period_start_date,
        compared.is_complete_period,
        compared.comparison,
        compared.compared_start_date,
        case
            when compared.is_complete_period then periods.period_end_date
            else least(
                periods.period_end_date, {{ date_add_days('compared.compared_start_date', 'compared.elapsed_days') }}
            )
        end as last_date
    from compared
    inner join periods
        on compared.period_grain = periods.period_grain
        and compared.compared_start_date = periods.period_start_date
),

final as (
    select
        period_grain,
        period_start_date,
        is_complete_period,
        comparison,
        compared_start_date,
        last_date,
        cast({{ date_diff_days('compared_start_date', 'last_date') }} + 1 as integer) as day_count
    from bounded
)

select * from final
