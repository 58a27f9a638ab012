with customers as (
    select * from {{ ref('int_customers') }}
),

purchases as (
    select * from {{ ref('int_purchases_ranked') }}
),

revenues as (
    select * from {{ ref('int_customer_revenues_dated') }}
),

ages as (
    select * from {{ ref('int_mrr_customer_ages_derived') }}
),

increments as (
    select
        'repeat_purchase_rate' as kpi,
        first_purchase_date as increment_date,
        channel,
        region,
        segment,
        cast(0 as decimal(18, 2)) as numerator,
        1 as denominator
    from customers
    union all
    select
        'repeat_purchase_rate' as kpi,
        purchase_date as increment_date,
        channel,
        region,
        segment,
        1 as numerator,
        0 as denominator
    from purchases
    where purchase_number = 2
    union all
    select
        'clv_historic_revenue' as kpi,
        first_purchase_date as increment_date,
        channel,
        region,
        segment,
        0 as numerator,
        1 as denominator
    from customers
    union all
    select
        'clv_historic_revenue' as kpi,
        revenue_date as increment_date,
        channel,
        region,
        segment,
        revenue_amount_reporting as numerator,
        0 as denominator
    from revenues
    union all
    select
        'customer_lifetime_months' as kpi,
        month_end_date as increment_date,
        channel,
        region,
        segment,
        1 as numerator,
        0 as denominator
    from ages
    union all
    select
        'customer_lifetime_months' as kpi,
        next_month_end_date as increment_date,
        channel,
        region,
        segment,
        0 as numerator,
        1 as denominator
    from ages
    where churned_count = 1
),

final as (
    select
        kpi,
        increment_date,
        channel,
        region,
        segment,
        cast(sum(numerator) as decimal(38, 6)) as numerator,
        cast(sum(denominator) as decimal(38, 6)) as denominator
    from increments
    group by kpi, increment_date, channel, region, segment
)

select * from final
