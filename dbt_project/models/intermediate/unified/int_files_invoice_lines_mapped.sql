{{ config(materialized='view') }}

with files_invoice_lines as (
    select * from {{ ref('stg_files__invoice_lines') }}
),

product_names as (
    select * from {{ ref('int_files_names_resolved') }}
    where entity = 'products'
),

final as (
    select
        files_invoice_lines.invoice_line_id,
        files_invoice_lines.invoice_id,
        coalesce(files_invoice_lines.product_id, product_names.resolved_id) as product_id,
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
    left join product_names
        on
            files_invoice_lines.source_system = product_names.source_system
            and {{ comparable_text('files_invoice_lines.product_name') }} = product_names.name_key
)

select * from final
