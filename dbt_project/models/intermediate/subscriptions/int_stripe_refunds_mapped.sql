with refunds as (
    select * from {{ ref('stg_stripe__refunds') }}
),

credit_notes as (
    select * from {{ ref('stg_stripe__credit_notes') }}
),

invoices as (
    select * from {{ ref('stg_stripe__invoices') }}
),

-- tax goes back in the proportion of the invoice
plain_refunds as (
    select
        refunds.refund_id,
        invoices.invoice_id,
        {{ reporting_date('refunds.created_at') }} as refunded_date,
        case
            when invoices.tax_amount = 0 then refunds.amount
            else {{ divide_money(
                'cast(refunds.amount as decimal(19, 4))'
                ~ ' * cast(invoices.total_amount - invoices.tax_amount as decimal(16, 4))',
                'cast(invoices.total_amount * 10000 as decimal(22, 0))',
                8,
                8
            ) }} * 10000
        end as net_amount,
        refunds.currency_code,
        refunds.source_system,
        refunds.record_id,
        refunds.updated_at,
        refunds.is_deleted
    from refunds
    inner join invoices
        on refunds.charge_id = invoices.charge_id
    left join credit_notes
        on refunds.refund_id = credit_notes.refund_id
        and credit_notes.status = 'issued'
        and not credit_notes.is_deleted
    where refunds.status = 'succeeded'
        and credit_notes.credit_note_id is null
),

issued_notes as (
    select
        credit_note_id as refund_id,
        invoice_id,
        {{ reporting_date('created_at') }} as refunded_date,
        total_amount - tax_amount as net_amount,
        currency_code,
        source_system,
        record_id,
        updated_at,
        is_deleted
    from credit_notes
    where status = 'issued'
),

final as (
    select
        refund_id,
        invoice_id,
        refunded_date,
        cast(net_amount as decimal(18, 4)) as net_amount,
        currency_code,
        source_system,
        record_id,
        updated_at,
        is_deleted,
        cast(null as {{ dbt.type_string() }}) as source_url
    from plain_refunds
    union all
    select
        refund_id,
        invoice_id,
        refunded_date,
        cast(net_amount as decimal(18, 4)) as net_amount,
        currency_code,
        source_system,
        record_id,
        updated_at,
        is_deleted,
        cast(null as {{ dbt.type_string() }}) as source_url
    from issued_notes
)

select * from final
