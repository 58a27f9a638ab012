{{ config(unique_key=['source_system', 'record_id']) }}

with records as (
    {{ latest_records(
        source('raw_files', 'refunds'),
        {
            'refund_id': 'mapped.refund_id',
            'invoice_id': 'mapped.invoice_id',
            'refunded_date': 'mapped.refunded_date',
            'net_amount': 'mapped.net_amount',
            'currency_code': 'mapped.currency_code',
            'source_url': 'mapped.source_url',
            'row_is_deleted': 'mapped.is_deleted',
        }
    ) }}
),

final as (
    select
        -- ids
        {{ clean_text('records.refund_id') }} as refund_id,
        {{ clean_text('records.invoice_id') }} as invoice_id,
        -- text
        {{ clean_text('records.currency_code') }} as currency_code,
        {{ clean_text('records.source_url') }} as source_url,
        -- money
        {{ safe_decimal('records.net_amount', 18, 4) }} as net_amount,
        -- dates
        {{ safe_date('records.refunded_date') }} as refunded_date,
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
            decimals=['net_amount'],
            booleans=['row_is_deleted'],
            dates=['refunded_date'],
        ) }} as lost_values
    from records
)

select * from final
