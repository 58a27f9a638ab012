{{ config(key='record_id') }}

with files_invoices as (
    select * from {{ ref('int_files_invoices_mapped') }}
),

stripe_invoices as (
    select * from {{ ref('int_stripe_invoices_mapped') }}
),

final as (
    select
        files_invoices.invoice_id,
        files_invoices.account_id,
        files_invoices.subscription_id,
        files_invoices.invoice_date,
        files_invoices.due_date,
        files_invoices.paid_at,
        files_invoices.status,
        files_invoices.net_amount,
        files_invoices.tax_amount,
        files_invoices.total_amount,
        files_invoices.currency_code,
        files_invoices.billing_reason,
        files_invoices.source_system,
        files_invoices.record_id,
        files_invoices.updated_at,
        files_invoices.is_deleted,
        files_invoices.source_url
    from files_invoices
    union all
    select
        stripe_invoices.invoice_id,
        stripe_invoices.account_id,
        stripe_invoices.subscription_id,
        stripe_invoices.invoice_date,
        stripe_invoices.due_date,
        stripe_invoices.paid_at,
        stripe_invoices.status,
        stripe_invoices.net_amount,
        stripe_invoices.tax_amount,
        stripe_invoices.total_amount,
        stripe_invoices.currency_code,
        stripe_invoices.billing_reason,
        stripe_invoices.source_system,
        stripe_invoices.record_id,
        stripe_invoices.updated_at,
        stripe_invoices.is_deleted,
        stripe_invoices.source_url
    from stripe_invoices
)

select * from final
