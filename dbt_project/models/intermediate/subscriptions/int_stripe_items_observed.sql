{{ config(key='subscription_id') }}

with billed as (
    select * from {{ ref('int_stripe_items_billed') }}
),

listed as (
    select * from {{ ref('int_stripe_items_listed') }}
),

final as (
    select
        subscription_id,
        subscription_item_id,
        observed_at,
        billed_until,
        0 as listed_count,
        price_id,
        product_id,
        currency_code,
        billing_interval,
        billing_interval_count,
        unit_price,
        quantity
    from billed
    union all
    select
        subscription_id,
        subscription_item_id,
        observed_at,
        cast(null as timestamp) as billed_until,
        1 as listed_count,
        price_id,
        product_id,
        currency_code,
        billing_interval,
        billing_interval_count,
        unit_price,
        quantity
    from listed
)

select * from final
