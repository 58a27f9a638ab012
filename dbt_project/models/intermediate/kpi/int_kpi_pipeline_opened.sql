with evenings as (
    select * from {{ ref('int_kpi_stocks_aggregated_to_periods') }}
    where kpi = 'pipeline_amount'
        and period_grain = 'day'
),

periods as (
    select * from {{ ref('int_kpi_periods') }}
),

final as (
    select
        'pipeline_opening_amount' as kpi,
        periods.period_grain,
        periods.period_start_date,
        evenings.dimension,
        evenings.member,
        evenings.numerator,
        evenings.denominator,
        evenings.fact_count
    from evenings
    inner join periods
        on evenings.period_start_date = {{ date_add_days('periods.period_start_date', -1) }}
)

select * from final
