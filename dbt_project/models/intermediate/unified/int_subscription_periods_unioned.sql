{{ config(key='record_id') }}

with files_subscription_periods as (
    select * from {{ ref('int_files_subscription_periods_mapped') }}
),

stripe_subscription_periods as (
    select * from {{ ref('int_stripe_subscription_periods_mapped') }}
),

final as (
    select
        files_subscription_periods.subscription_id,
        files_subscription_periods.account_id,
        files_subscription_periods.subscription_item_id,
        files_subscription_periods.product_id,
        files_subscription_periods.valid_from_date,
        files_subscription_periods.valid_to_date,
        files_subscription_periods.status,
        files_subscription_periods.recurring_amount,
        files_subscription_periods.currency_code,
        files_subscription_periods.billing_interval,
        files_subscription_periods.billing_interval_count,
        files_subscription_periods.source_system,
        files_subscription_periods.record_id,
        files_subscription_periods.updated_at,
        files_subscription_periods.is_deleted,
        files_subscription_periods.source_url
    from files_subscription_periods
    union all
    select
        stripe_subscription_periods.subscription_id,
        stripe_subscription_periods.account_id,
        stripe_subscription_periods.subscription_item_id,
        stripe_subscription_periods.product_id,
        stripe_subscription_periods.valid_from_date,
        stripe_subscription_periods.valid_to_date,
        stripe_subscription_periods.status,
        stripe_subscription_periods.recurring_amount,
        stripe_subscription_periods.currency_code,
        stripe_subscription_periods.billing_interval,
        stripe_subscription_periods.billing_interval_count,
        stripe_subscription_periods.source_system,
        stripe_subscription_periods.record_id,
        stripe_subscription_periods.updated_at,
        stripe_subscription_periods.is_deleted,
        stripe_subscription_periods.source_url
    from stripe_subscription_periods
)

select * from final
