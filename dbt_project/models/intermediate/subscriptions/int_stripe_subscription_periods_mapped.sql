{{ config(key='subscription_id') }}

with stretches as (
    select * from {{ ref('int_stripe_items_priced') }}
),

phases as (
    select 'trial' as phase
    union all
    select 'service' as phase
),

phased as (
    select
        stretches.subscription_id,
        stretches.customer_id,
        stretches.subscription_item_id,
        stretches.product_id,
        {{ reporting_date(
            "case when phases.phase = 'trial' then stretches.starts_at"
            ~ " else greatest(stretches.starts_at, stretches.trial_ends_at) end"
        ) }} as valid_from_date,
        {{ reporting_date(
            "case when phases.phase = 'trial' then least(stretches.ends_at, stretches.trial_ends_at)"
            ~ " else stretches.ends_at end"
        ) }} as valid_to_date,
        -- what the subscription is now, its last stretch is; the earlier ones were paid for
        case
            when stretches.status_now = 'incomplete' then 'incomplete'
            when phases.phase = 'trial' then 'trialing'
            when stretches.is_last and stretches.status_now <> 'canceled' then stretches.status_now
            else 'active'
        end as status,
        stretches.recurring_amount,
        stretches.currency_code,
        stretches.billing_interval,
        stretches.billing_interval_count,
        stretches.source_system,
        stretches.updated_at,
        stretches.is_deleted
    from stretches
    inner join phases
        on (phases.phase = 'trial' and stretches.trial_ends_at is not null)
        or (phases.phase = 'service' and stretches.status_now <> 'trialing')
),

final as (
    select
        subscription_id,
        customer_id as account_id,
        subscription_item_id,
        product_id,
        valid_from_date,
        valid_to_date,
        status,
        recurring_amount,
        currency_code,
        billing_interval,
        billing_interval_count,
        source_system,
        subscription_id || '|' || subscription_item_id || '|' || valid_from_date as record_id,
        updated_at,
        is_deleted,
        cast(null as {{ dbt.type_string() }}) as source_url
    from phased
    where valid_to_date is null
        or valid_from_date < valid_to_date
)

select * from final
