{{ config(unique_key=['source_system', 'record_id']) }}

with records as (
    {{ latest_records(
        source('raw_files', 'invoices'),
        {
            'invoice_id': 'mapped.invoice_id',
            'account_id': 'mapped.account_id',
            'subscription_id': 'mapped.subscription_id',
            'invoice_date': 'mapped.invoice_date',
            'due_date': 'mapped.due_date',
            'paid_at': 'mapped.paid_at',
            'status': 'mapped.status',
            'net_amount': 'mapped.net_amount',
            'tax_amount': 'mapped.tax_amount',
            'total_amount': 'mapped.total_amount',
            'currency_code': 'mapped.currency_code',
            'billing_reason': 'mapped.billing_reason',
            'account_name': 'mapped.account_name',
            'source_url': 'mapped.source_url',
            'row_is_deleted': 'mapped.is_deleted',
        }
    ) }}
),

final as (
    select
        -- ids
        {{ clean_text('records.invoice_id') }} as invoice_id,
        {{ clean_text('records.account_id') }} as account_id,
        {{ clean_text('records.subscription_id') }} as subscription_id,
        -- text
        {{ clean_text('records.status') }} as status,
        {{ clean_text('records.currency_code') }} as currency_code,
        {{ clean_text('records.billing_reason') }} as billing_reason,
        {{ clean_text('records.account_name') }} as account_name,
        {{ clean_text('records.source_url') }} as source_url,
        -- money
        {{ safe_decimal('records.net_amount', 18, 4) }} as net_amount,
        coalesce({{ safe_decimal('records.tax_amount', 18, 4) }}, 0) as tax_amount,
        coalesce(
            {{ safe_decimal('records.total_amount', 18, 4) }},
            {{ safe_decimal('records.net_amount', 18, 4) }}
            + coalesce({{ safe_decimal('records.tax_amount', 18, 4) }}, 0)
        ) as total_amount,
        -- dates
        {{ safe_date('records.invoice_date') }} as invoice_date,
        {{ safe_date('records.due_date') }} as due_date,
        -- timestamps
        {{ safe_timestamp('records.paid_at') }} as paid_at,
        -- pipeline
        records.source_system,
        records.record_id,
        records.updated_at,
        records.is_deleted
        or coalesce({{ safe_boolean('records.row_is_deleted') }}, false) as is_deleted,
        records.extracted_at,
        records.batch_id,
        records.load_seq,
        {{ lost_values(
            'records',
            decimals=['net_amount', 'tax_amount', 'total_amount'],
            booleans=['row_is_deleted'],
            timestamps=['paid_at'],
            dates=['invoice_date', 'due_date'],
        ) }} as lost_values
    from records
)

select * from final
