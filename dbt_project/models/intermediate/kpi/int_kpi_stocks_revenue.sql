with by_customer as (
    select * from {{ ref('int_mrr_by_customer_month_ends') }}
),

by_member as (
    select
        month_end_date as stock_date,
        channel,
        region,
        segment,
        sum(mrr_amount) as mrr_amount,
        sum(case when is_active then 1 else 0 end) as active_count
    from by_customer
    group by month_end_date, channel, region, segment
),

stocks as (
    select
        'mrr' as kpi,
        stock_date,
        channel,
        region,
        segment,
        mrr_amount as numerator,
        cast(null as bigint) as denominator,
        active_count as fact_count
    from by_member
    union all
    select
        'active_customers' as kpi,
        stock_date,
        channel,
        region,
        segment,
        active_count as numerator,
        null as denominator,
        active_count as fact_count
    from by_member
    union all
    select
        'arpa' as kpi,
        stock_date,
        channel,
        region,
        segment,
        mrr_amount as numerator,
        active_count as denominator,
        active_count as fact_count
    from by_member
),

final as (
    select
        kpi,
        stock_date,
        channel,
        region,
        segment,
        cast(numerator as decimal(38, 6)) as numerator,
        cast(denominator as decimal(38, 6)) as denominator,
        fact_count
    from stocks
)

select * from final
