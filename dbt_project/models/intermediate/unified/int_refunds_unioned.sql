with files_refunds as (
    select * from {{ ref('stg_files__refunds') }}
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
)

select * from final
