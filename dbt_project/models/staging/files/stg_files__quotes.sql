{{ config(unique_key=['source_system', 'record_id']) }}

with records as (
    {{ latest_records(
        source('raw_files', 'quotes'),
        {
            'quote_id': 'mapped.quote_id',
            'opportunity_id': 'mapped.opportunity_id',
            'sent_at': 'mapped.sent_at',
            'amount': 'mapped.amount',
            'currency_code': 'mapped.currency_code',
            'status': 'mapped.status',
            'source_url': 'mapped.source_url',
            'row_is_deleted': 'mapped.is_deleted',
        }
    ) }}
),

final as (
    select
        -- ids
        {{ clean_text('records.quote_id') }} as quote_id,
        {{ clean_text('records.opportunity_id') }} as opportunity_id,
        -- text
        {{ clean_text('records.currency_code') }} as currency_code,
        {{ clean_text('records.status') }} as status,
        {{ clean_text('records.source_url') }} as source_url,
        -- money
        {{ safe_decimal('records.amount', 18, 4) }} as amount,
        -- timestamps
        {{ safe_timestamp('records.sent_at') }} as sent_at,
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
            decimals=['amount'],
            booleans=['row_is_deleted'],
            timestamps=['sent_at'],
        ) }} as lost_values
    from records
)

select * from final
