{{ config(key='subscription_id') }}

with subscriptions as (
    select * from {{ ref('stg_stripe__subscriptions') }}
),

items as (
    select * from {{ ref('int_stripe_items_changed') }}
),

discounts as (
    select * from {{ ref('int_stripe_discounts_dated') }}
),

suspensions as (
    select * from {{ ref('int_stripe_subscriptions_suspended') }}
),

trials as (
    select * from {{ ref('int_stripe_trials_dated') }}
),

stretches as (
    select
        subscriptions.subscription_id,
        items.subscription_item_id,
        items.price_id,
        items.product_id,
        items.unit_price,
        items.quantity,
        items.currency_code,
        items.billing_interval,
        items.billing_interval_count,
        items.is_last,
        case when items.is_from_start then subscriptions.started_at else items.changed_at end as starts_at,
        least(items.next_changed_at, items.removed_at, subscriptions.ended_at) as ends_at
    from subscriptions
    inner join items
        on subscriptions.subscription_id = items.subscription_id
),

cuts as (
    select subscription_id, starts_at as cut_at from stretches
    union
    select subscription_id, ends_at as cut_at from stretches
    union
    select subscription_id, begins_at as cut_at from discounts
    union
    select subscription_id, ends_at as cut_at from discounts
    union
    select subscription_id, suspended_at as cut_at from suspensions
    union
    select subscription_id, resumed_at as cut_at from suspensions
    union
    select subscription_id, begins_at as cut_at from trials
    union
    select subscription_id, ends_at as cut_at from trials
),

begun as (
    select
        subscription_id,
        subscription_item_id,
        starts_at as stretch_starts_at,
        starts_at
    from stretches
    union
    select
        stretches.subscription_id,
        stretches.subscription_item_id,
        stretches.starts_at as stretch_starts_at,
        cuts.cut_at as starts_at
    from stretches
    inner join cuts
        on stretches.subscription_id = cuts.subscription_id
    where cuts.cut_at > stretches.starts_at
        and (stretches.ends_at is null or cuts.cut_at < stretches.ends_at)
),

followed as (
    select
        subscription_id,
        subscription_item_id,
        stretch_starts_at,
        starts_at,
        lead(starts_at) over (
            partition by subscription_id, subscription_item_id, stretch_starts_at order by starts_at
        ) as next_starts_at
    from begun
),

final as (
    select
        stretches.subscription_id,
        stretches.subscription_item_id,
        stretches.price_id,
        stretches.product_id,
        stretches.unit_price,
        stretches.quantity,
        stretches.currency_code,
        stretches.billing_interval,
        stretches.billing_interval_count,
        stretches.is_last,
        followed.starts_at,
        coalesce(followed.next_starts_at, stretches.ends_at) as ends_at
    from stretches
    inner join followed
        on stretches.subscription_id = followed.subscription_id
        and stretches.subscription_item_id = followed.subscription_item_id
        and stretches.starts_at = followed.stretch_starts_at
    where stretches.ends_at is null
        or stretches.starts_at < stretches.ends_at
)

select * from final
