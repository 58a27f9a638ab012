{{ config(key='invoice_id') }}

with billed as (
    select * from {{ ref('int_stripe_items_billed') }}
),

invoices as (
    select * from {{ ref('stg_stripe__invoices') }}
),

final as (
    select
        billed.invoice_id,
        billed.subscription_id,
        min(billed.observed_at) as paid_from,
        max(billed.billed_until) as paid_until
    from billed
    inner join invoices
        on billed.invoice_id = invoices.invoice_id
    where billed.subscription_id is not null
        and invoices.status = 'paid'
        and not invoices.is_deleted
    group by billed.invoice_id, billed.subscription_id
)

select * from final
