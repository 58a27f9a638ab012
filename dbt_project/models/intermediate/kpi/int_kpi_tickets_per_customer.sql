with components as (
    select * from {{ ref('int_kpi_components_aggregated_to_periods') }}
),

stocks as (
    select * from {{ ref('int_kpi_stocks_aggregated_to_periods') }}
),

counted as (
    select period_grain, period_start_date, dimension, member, numerator as ticket_count, 0 as customer_count
    from components
    where kpi = 'tickets_created'
    union all
    select period_grain, period_start_date, dimension, member, 0 as ticket_count, numerator as customer_count
    from stocks
    where kpi = 'active_customers'
),

-- customers are counted by the month, and by what both sides know of them
final as (
    select
        'tickets_per_customer' as kpi,
        period_grain,
        period_start_date,
        dimension,
        member,
        cast(sum(ticket_count) as decimal(38, 6)) as numerator,
        cast(sum(customer_count) as decimal(38, 6)) as denominator
    from counted
    where period_grain not in ('day', 'week')
        and dimension in ('total', 'region', 'segment')
    group by period_grain, period_start_date, dimension, member
)

select * from final
