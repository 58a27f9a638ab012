with files_refunds as (
    select * from {{ ref('stg_files__refunds') }}
),

stripe_refunds as (
    select * from {{ ref('int_stripe_refunds_mapped') }}
),

final as (
    select
        files_refunds.refund_id,
        files_refunds.invoice_id,
        files_refunds.refunded_date,
        files_refunds.net_amount,
        files_refunds.currency_code,
        files_refunds.source_system,
        files_refunds.record_id,
        files_refunds.updated_at,
        files_refunds.is_deleted,
        files_refunds.source_url
    from files_refunds
    union all
    select
        stripe_refunds.refund_id,
        stripe_refunds.invoice_id,
        stripe_refunds.refunded_date,
        stripe_refunds.net_amount,
        stripe_refunds.currency_code,
        stripe_refunds.source_system,
        stripe_refunds.record_id,
        stripe_refunds.updated_at,
        stripe_refunds.is_deleted,
        stripe_refunds.source_url
    from stripe_refunds
)

select * from final
