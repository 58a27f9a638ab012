{{ config(key='customer_key') }}

with purchases as (
    select * from {{ ref('int_purchases_unioned') }}
),

customers as (
    select * from {{ ref('int_customers') }}
),

-- billing bills what was bought: only won opportunities are purchases that can be repeated
final as (
    select
        purchases.customer_key,
        purchases.opportunity_key,
        purchases.purchase_date,
        customers.channel,
        customers.region,
        customers.segment,
        row_number() over (
            partition by purchases.customer_key
            order by
                purchases.purchase_date,
                coalesce(purchases.purchased_at, timestamp '9999-12-31 00:00:00'),
                purchases.opportunity_id,
                purchases.opportunity_key
        ) as purchase_number
    from purchases
    inner join customers
        on purchases.customer_key = customers.customer_key
    where purchases.purchase_kind = '1_opportunity'
)

select * from final
