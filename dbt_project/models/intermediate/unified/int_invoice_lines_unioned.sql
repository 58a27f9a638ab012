{{ config(key='record_id') }}

with files_invoice_lines as (
    select * from {{ ref('int_files_invoice_lines_mapped') }}
),

stripe_invoice_lines as (
    select * from {{ ref('int_stripe_invoice_lines_mapped') }}
),

final as (
    select
        files_invoice_lines.invoice_line_id,
        files_invoice_lines.invoice_id,
        files_invoice_lines.product_id,
        files_invoice_lines.amount,
        files_invoice_lines.quantity,
        files_invoice_lines.period_start,
        files_invoice_lines.period_end,
        files_invoice_lines.is_proration,
        files_invoice_lines.line_type,
        files_invoice_lines.source_system,
        files_invoice_lines.record_id,
        files_invoice_lines.updated_at,
        files_invoice_lines.is_deleted,
        files_invoice_lines.source_url
    from files_invoice_lines
    union all
    select
        stripe_invoice_lines.invoice_line_id,
        stripe_invoice_lines.invoice_id,
        stripe_invoice_lines.product_id,
        stripe_invoice_lines.amount,
        stripe_invoice_lines.quantity,
        stripe_invoice_lines.period_start,
        stripe_invoice_lines.period_end,
        stripe_invoice_lines.is_proration,
        stripe_invoice_lines.line_type,
        stripe_invoice_lines.source_system,
        stripe_invoice_lines.record_id,
        stripe_invoice_lines.updated_at,
        stripe_invoice_lines.is_deleted,
        stripe_invoice_lines.source_url
    from stripe_invoice_lines
)

select * from final
