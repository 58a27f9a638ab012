{{ config(key='invoice_entry_key') }}

with entries as (
    select * from {{ ref('int_invoice_entries_valued') }}
),

final as (
    select
        invoice_entry_key,
        entry_type,
        source_system,
        record_id,
        invoice_id,
        subscription_id,
        account_key as customer_key,
        channel,
        region,
        segment,
        entry_date,
        status,
        billing_reason,
        currency_code,
        cast(net_amount as decimal(18, 4)) as net_amount,
        revenue_amount_reporting,
        cast(case when is_counted and entry_type = 'invoice' then 1 else 0 end as integer)
            as counted_invoice_count,
        cast(case when entry_type = 'refund' then 1 else 0 end as integer) as refund_count,
        source_url
    from entries
)

select * from final
