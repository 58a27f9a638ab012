{{ config(key='subscription_id') }}

with observations as (
    select * from {{ ref('int_stripe_items_observed') }}
),

compared as (
    select
        subscription_id,
        subscription_item_id,
        observed_at,
        price_id,
        product_id,
        currency_code,
        billing_interval,
        billing_interval_count,
        unit_price,
        quantity,
        min(observed_at) over (partition by subscription_id) as subscription_observed_at,
        max(billed_until) over (partition by subscription_id, subscription_item_id) as billed_until,
        listed_count,
        max(listed_count) over (partition by subscription_id, subscription_item_id) = 1 as is_listed,
        lag(price_id || '|' || coalesce(quantity, 1)) over (
            partition by subscription_id, subscription_item_id order by observed_at, listed_count, price_id, quantity
        ) as previous_state
    from observations
),

changed as (
    select
        subscription_id,
        subscription_item_id,
        observed_at,
        observed_at = subscription_observed_at as is_from_start,
        -- an item taken off its subscription lasts as long as it was billed
        case when not is_listed then billed_until end as removed_at,
        listed_count,
        price_id,
        product_id,
        currency_code,
        billing_interval,
        billing_interval_count,
        unit_price,
        coalesce(quantity, 1) as quantity
    from compared
    where previous_state is null
        or previous_state <> price_id || '|' || coalesce(quantity, 1)
),

final as (
    select
        subscription_id,
        subscription_item_id,
        observed_at as changed_at,
        lead(observed_at) over item_changes as next_changed_at,
        lead(observed_at) over item_changes is null as is_last,
        removed_at,
        is_from_start,
        price_id,
        product_id,
        currency_code,
        billing_interval,
        coalesce(billing_interval_count, 1) as billing_interval_count,
        unit_price,
        quantity
    from changed
    window item_changes as (partition by subscription_id, subscription_item_id order by observed_at, listed_count)
)

select * from final
