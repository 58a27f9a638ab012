{{ config(materialized='view') }}

with files_subscription_periods as (
    select * from {{ ref('stg_files__subscription_periods') }}
),

account_names as (
    select * from {{ ref('int_files_names_resolved') }}
    where entity = 'accounts'
),

product_names as (
    select * from {{ ref('int_files_names_resolved') }}
    where entity = 'products'
),

final as (
    select
        files_subscription_periods.subscription_id,
        coalesce(files_subscription_periods.account_id, account_names.resolved_id) as account_id,
        files_subscription_periods.subscription_item_id,
        coalesce(files_subscription_periods.product_id, product_names.resolved_id) as product_id,
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
    left join account_names
        on
            files_subscription_periods.source_system = account_names.source_system
            and {{ comparable_text('files_subscription_periods.account_name') }} = account_names.name_key
    left join product_names
        on
            files_subscription_periods.source_system = product_names.source_system
            and {{ comparable_text('files_subscription_periods.product_name') }} = product_names.name_key
)

select * from final
