{{ config(key='subscription_id') }}

with subscriptions as (
    select * from {{ ref('stg_stripe__subscriptions') }}
),

items as (
    select * from {{ ref('int_stripe_items_priced') }}
),

suspensions as (
    select * from {{ ref('int_stripe_subscriptions_suspended') }}
),

trials as (
    select * from {{ ref('int_stripe_trials_dated') }}
),

in_trial as (
    select distinct
        items.subscription_id,
        items.starts_at
    from items
    inner join trials
        on items.subscription_id = trials.subscription_id
    where (trials.begins_at is null or trials.begins_at <= items.starts_at)
        and trials.ends_at > items.starts_at
),

suspended as (
    select
        items.subscription_id,
        items.starts_at,
        max(suspensions.status) as status
    from items
    inner join suspensions
        on items.subscription_id = suspensions.subscription_id
    where (suspensions.suspended_at is null or suspensions.suspended_at <= items.starts_at)
        and (suspensions.resumed_at is null or suspensions.resumed_at > items.starts_at)
    group by items.subscription_id, items.starts_at
),

stated as (
    select
        subscriptions.subscription_id,
        subscriptions.customer_id,
        items.subscription_item_id,
        items.price_id,
        items.product_id,
        items.quantity,
        {{ reporting_date('items.starts_at') }} as valid_from_date,
        {{ reporting_date('items.ends_at') }} as valid_to_date,
        case
            when subscriptions.status in ('incomplete', 'incomplete_expired') then 'incomplete'
            when in_trial.subscription_id is not null then 'trialing'
            when suspended.status is not null then suspended.status
            when subscriptions.status = 'past_due' and items.is_last then 'past_due'
            else 'active'
        end as status,
        items.recurring_amount,
        items.currency_code,
        items.billing_interval,
        items.billing_interval_count,
        subscriptions.source_system,
        subscriptions.updated_at,
        subscriptions.is_deleted
    from subscriptions
    inner join items
        on subscriptions.subscription_id = items.subscription_id
    left join in_trial
        on items.subscription_id = in_trial.subscription_id
        and items.starts_at = in_trial.starts_at
    left join suspended
        on items.subscription_id = suspended.subscription_id
        and items.starts_at = suspended.starts_at
    -- what comes after a trial that still runs, nobody knows yet
    where not (subscriptions.status = 'trialing' and items.ends_at is null and in_trial.subscription_id is null)
),

-- what lasts less than a day leaves no trace
lasting as (
    select
        *,
        status || '|' || coalesce(price_id, '') || '|' || quantity || '|' || recurring_amount as state
    from stated
    where valid_to_date is null
        or valid_from_date < valid_to_date
),

compared as (
    select
        *,
        lag(state || '|' || valid_to_date) over item_periods as state_until,
        state || '|' || valid_from_date as state_since
    from lasting
    window item_periods as (partition by subscription_id, subscription_item_id order by valid_from_date)
),

numbered as (
    select
        *,
        sum(case when state_until = state_since then 0 else 1 end) over (
            partition by subscription_id, subscription_item_id
            order by valid_from_date
            rows between unbounded preceding and current row
        ) as period_number
    from compared
),

final as (
    select
        subscription_id,
        min(customer_id) as account_id,
        subscription_item_id,
        min(product_id) as product_id,
        min(valid_from_date) as valid_from_date,
        case when count(valid_to_date) = count(*) then max(valid_to_date) end as valid_to_date,
        min(status) as status,
        min(recurring_amount) as recurring_amount,
        min(currency_code) as currency_code,
        min(billing_interval) as billing_interval,
        min(billing_interval_count) as billing_interval_count,
        min(source_system) as source_system,
        subscription_id || '|' || subscription_item_id || '|' || min(valid_from_date) as record_id,
        min(updated_at) as updated_at,
        cast(max(cast(is_deleted as integer)) as boolean) as is_deleted,
        cast(null as {{ dbt.type_string() }}) as source_url
    from numbered
    group by subscription_id, subscription_item_id, period_number
)

select * from final
