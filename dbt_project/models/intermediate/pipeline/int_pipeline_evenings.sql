with periods as (
    select * from {{ ref('int_kpi_periods') }}
    where period_grain not in ('day', 'week')
),

final as (
    select
        'opening' as flow,
        period_grain,
        period_start_date,
        period_end_date,
        {{ date_add_days('period_start_date', -1) }} as evening_date
    from periods
    union all
    select
        'closing' as flow,
        period_grain,
        period_start_date,
        period_end_date,
        closing_date as evening_date
    from periods
)

select * from final
