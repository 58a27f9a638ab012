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
        max(billed_until) over (partition by subscription_item_id) as billed_until,
        max(case when is_listed then 1 else 0 end) over (partition by subscription_item_id)
            as listed_count,
        lag(price_id || '|' || coalesce(quantity, 1)) over (
            partition by subscription_item_id order by observed_at, is_listed, price_id, quantity
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
        case when listed_count = 0 then billed_until end as removed_at,
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
        coalesce(
            lead(observed_at) over (partition by subscription_item_id order by observed_at),
            removed_at
        ) as next_changed_at,
        lead(observed_at) over (partition by subscription_item_id order by observed_at) is null
            as is_last,
        is_from_start,
        price_id,
        product_id,
        currency_code,
        billing_interval,
        coalesce(billing_interval_count, 1) as billing_interval_count,
        unit_price,
        quantity
    from changed
)

select * from final
