{{ config(key='invoice_id') }}

with lines as (
    select * from {{ ref('stg_stripe__invoice_lines') }}
),

invoices as (
    select * from {{ ref('stg_stripe__invoices') }}
),

final as (
    select
        lines.invoice_id,
        lines.subscription_id,
        min(lines.period_starts_at) as paid_from,
        max(lines.period_ends_at) as paid_until
    from lines
    inner join invoices
        on lines.invoice_id = invoices.invoice_id
    where lines.line_type = 'subscription'
        and not lines.is_proration
        and not lines.is_deleted
        and lines.subscription_id is not null
        and coalesce(lines.usage_type, 'licensed') <> 'metered'
        and invoices.status = 'paid'
        and not invoices.is_deleted
    group by lines.invoice_id, lines.subscription_id
)

select * from final
