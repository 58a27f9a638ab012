{{ config(key='customer_key', reached={'int_invoice_entries_valued': 'account_key'}) }}

with entries as (
    select * from {{ ref('int_invoice_entries_valued') }}
),

opportunities as (
    select * from {{ ref('int_opportunities_valued') }}
),

customers as (
    select * from {{ ref('int_customers') }}
),

inputs as (
    select * from {{ ref('int_kpi_inputs_found') }}
),

billing as (
    select is_found
    from inputs
    where input = 'invoices'
),

revenues as (
    select
        account_key as customer_key,
        entry_date as revenue_date,
        channel,
        region,
        segment,
        revenue_amount_reporting
    from entries
    where is_counted
    union all
    -- without billing, what was won is what was earned
    select
        opportunities.customer_key,
        opportunities.closed_date as revenue_date,
        coalesce(customers.channel, '(unknown)') as channel,
        coalesce(customers.region, '(unknown)') as region,
        coalesce(customers.segment, '(unknown)') as segment,
        opportunities.amount_reporting as revenue_amount_reporting
    from opportunities
    inner join billing
        on not billing.is_found
    left join customers
        on opportunities.customer_key = customers.customer_key
    where opportunities.is_won
),

final as (
    select
        customer_key,
        revenue_date,
        channel,
        region,
        segment,
        cast(sum(revenue_amount_reporting) as decimal(18, 2)) as revenue_amount_reporting
    from revenues
    group by customer_key, revenue_date, channel, region, segment
)

select * from final
