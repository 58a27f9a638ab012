{{ config(key='customer_key') }}

with purchases as (
    select * from {{ ref('int_purchases_ranked') }}
),

opportunities as (
    select * from {{ ref('int_opportunities_valued') }}
),

customers as (
    select * from {{ ref('int_customers') }}
),

periods as (
    select * from {{ ref('int_kpi_periods') }}
),

inputs as (
    select * from {{ ref('int_kpi_inputs_found') }}
),

-- a company with contracts has its life table
closings as (
    select periods.closing_date
    from periods
    inner join inputs
        on inputs.input = 'subscription_periods' and not inputs.is_found
    where periods.period_grain = 'month'
),

-- what is bought on one day is one purchase
days as (
    select
        purchases.customer_key,
        purchases.purchase_date,
        sum(opportunities.amount_reporting) as purchase_amount,
        row_number() over (
            partition by purchases.customer_key order by purchases.purchase_date
        ) as day_number
    from purchases
    inner join opportunities
        on purchases.opportunity_key = opportunities.opportunity_key
    group by purchases.customer_key, purchases.purchase_date
),

bought as (
    select
        closings.closing_date,
        days.customer_key,
        min(days.purchase_date) as first_date,
        max(days.purchase_date) as last_date,
        count(*) - 1 as repeat_count,
        sum(case when days.day_number > 1 then days.purchase_amount else 0 end) as repeat_amount
    from closings
    inner join days
        on closings.closing_date >= days.purchase_date
    group by closings.closing_date, days.customer_key
),

-- a customer without a won purchase has bought once, when it became one
final as (
    select
        closings.closing_date,
        customers.customer_key,
        customers.channel,
        customers.region,
        customers.segment,
        coalesce(bought.repeat_count, 0) as repeat_count,
        coalesce({{ date_diff_days('bought.first_date', 'bought.last_date') }}, 0) as recency_days,
        {{ date_diff_days('coalesce(bought.first_date, customers.first_purchase_date)', 'closings.closing_date') }}
            as age_days,
        coalesce(bought.repeat_amount, 0) as repeat_amount
    from closings
    inner join customers
        on closings.closing_date >= customers.first_purchase_date
    left join bought
        on closings.closing_date = bought.closing_date
        and customers.customer_key = bought.customer_key
)

select * from final
