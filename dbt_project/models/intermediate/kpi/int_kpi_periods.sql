with periods as (
    select * from {{ ref('int_kpi_periods_planned') }}
),

final as (
    select
        period_grain,
        period_start_date,
        period_end_date,
        closing_date,
        is_complete_period,
        previous_period_start_date,
        previous_year_start_date
    from periods
    where not is_future
)

select * from final
