{{ config(key='invoice_id') }}

with invoices as (
    select * from {{ ref('stg_stripe__invoices') }}
),

final as (
    select
        invoice_id,
        customer_id as account_id,
        subscription_id,
        {{ reporting_date('coalesce(finalised_at, created_at)') }} as invoice_date,
        {{ reporting_date('due_at') }} as due_date,
        paid_at,
        status,
        cast(total_amount - tax_amount as decimal(18, 4)) as net_amount,
        tax_amount,
        total_amount,
        currency_code,
        billing_reason,
        source_system,
        record_id,
        updated_at,
        is_deleted,
        cast(null as {{ dbt.type_string() }}) as source_url
    from invoices
)

select * from final
