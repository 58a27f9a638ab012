with files_subscription_periods as (
    select * from {{ ref('int_files_subscription_periods_mapped') }}
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
)

select * from final
