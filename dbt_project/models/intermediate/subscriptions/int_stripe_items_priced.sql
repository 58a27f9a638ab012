{{ config(key='subscription_id') }}

with subscriptions as (
    select * from {{ ref('stg_stripe__subscriptions') }}
),

items as (
    select * from {{ ref('int_stripe_items_changed') }}
),

final as (
    select
        subscriptions.subscription_id,
        subscriptions.customer_id,
        items.subscription_item_id,
        items.product_id,
        case when items.is_from_start then subscriptions.started_at else items.changed_at end
            as starts_at,
        least(items.next_changed_at, items.removed_at, subscriptions.ended_at) as ends_at,
        subscriptions.trial_ends_at,
        items.is_last,
        case
            when subscriptions.is_collection_paused and subscriptions.status = 'active' then 'paused'
            when subscriptions.status = 'incomplete_expired' then 'incomplete'
            else subscriptions.status
        end as status_now,
        {{ discounted_amount(
            'items.unit_price',
            'items.quantity',
            "case when subscriptions.coupon_duration = 'forever' then subscriptions.percent_off end",
            "case when subscriptions.coupon_duration = 'forever' then subscriptions.amount_off end"
        ) }} as recurring_amount,
        items.currency_code,
        items.billing_interval,
        items.billing_interval_count,
        subscriptions.source_system,
        subscriptions.updated_at,
        subscriptions.is_deleted
    from subscriptions
    inner join items
        on subscriptions.subscription_id = items.subscription_id
)

select * from final
