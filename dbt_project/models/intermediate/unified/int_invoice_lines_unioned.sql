with files_invoice_lines as (
    select * from {{ ref('int_files_invoice_lines_mapped') }}
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
)

select * from final
