{{ config(key='subscription_id') }}

with item_versions as (
    select * from {{ ref('stg_stripe__subscription_item_versions') }}
),

billed as (
    select * from {{ ref('int_stripe_items_billed') }}
),

billed_items as (
    select
        subscription_id,
        subscription_item_id,
        max(observed_at) as last_billed_at
    from billed
    group by subscription_id, subscription_item_id
),

dated_versions as (
    select
        subscription_id,
        subscription_item_id,
        created_at,
        price_id,
        product_id,
        currency_code,
        billing_interval,
        billing_interval_count,
        case when usage_type = 'metered' then 0 else unit_price end as unit_price,
        case when usage_type = 'metered' then 0 else quantity end as quantity,
        extracted_at,
        min(extracted_at) over (partition by subscription_id, subscription_item_id, price_id, quantity)
            as first_extracted_at,
        max(extracted_at) over (partition by subscription_id) as last_extracted_at
    from item_versions
),

-- what no invoice shows: an item never billed, and a change that the next invoice will bill
final as (
    select
        dated_versions.subscription_id,
        dated_versions.subscription_item_id,
        case
            when billed_items.subscription_item_id is null then dated_versions.created_at
            else greatest(dated_versions.first_extracted_at, billed_items.last_billed_at)
        end as observed_at,
        dated_versions.price_id,
        dated_versions.product_id,
        dated_versions.currency_code,
        dated_versions.billing_interval,
        dated_versions.billing_interval_count,
        dated_versions.unit_price,
        dated_versions.quantity
    from dated_versions
    left join billed_items
        on dated_versions.subscription_id = billed_items.subscription_id
        and dated_versions.subscription_item_id = billed_items.subscription_item_id
    where dated_versions.extracted_at = dated_versions.last_extracted_at
)

select * from final
