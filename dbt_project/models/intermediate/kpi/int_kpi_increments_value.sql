with customers as (
    select * from {{ ref('int_customers') }}
),

purchases as (
    select * from {{ ref('int_purchases_ranked') }}
),

entries as (
    select * from {{ ref('int_invoice_entries_valued') }}
),

opportunities as (
    select * from {{ ref('int_opportunities_valued') }}
),

ages as (
    select * from {{ ref('int_mrr_customer_ages_derived') }}
),

inputs as (
    select * from {{ ref('int_kpi_inputs_found') }}
),

billing as (
    select is_found
    from inputs
    where input = 'invoices'
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
        entry_date as increment_date,
        channel,
        region,
        segment,
        revenue_amount_reporting as numerator,
        0 as denominator
    from entries
    where is_counted
    union all
    -- without billing, what was won is what was earned
    select
        'clv_historic_revenue' as kpi,
        opportunities.closed_date as increment_date,
        coalesce(customers.channel, '(unknown)') as channel,
        coalesce(customers.region, '(unknown)') as region,
        coalesce(customers.segment, '(unknown)') as segment,
        opportunities.amount_reporting as numerator,
        0 as denominator
    from opportunities
    inner join billing
        on not billing.is_found
    left join customers
        on opportunities.customer_key = customers.customer_key
    where opportunities.is_won
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
