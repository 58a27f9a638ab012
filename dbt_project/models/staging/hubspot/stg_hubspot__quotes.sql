{{ config(unique_key=['source_system', 'record_id']) }}

with records as (
    {{ latest_records(
        source('raw_hubspot', 'quotes'),
        {
            'quote_id': 'id',
            'status': 'properties.hs_status',
            'currency_code': 'properties.hs_currency',
            'amount': 'properties.hs_quote_amount',
            'created_at': 'properties.hs_createdate',
        },
        source_system='hubspot',
    ) }}
),

final as (
    select
        -- ids
        {{ clean_text('records.quote_id') }} as quote_id,
        -- text
        {{ clean_text('records.status') }} as status,
        {{ clean_text('records.currency_code') }} as currency_code,
        -- money
        {{ safe_decimal('records.amount', 18, 4) }} as amount,
        -- timestamps
        {{ safe_timestamp('records.created_at') }} as created_at,
        -- pipeline
        records.source_system,
        records.record_id,
        records.updated_at,
        records.is_deleted,
        records.extracted_at,
        records.batch_id,
        records.load_seq,
        {{ lost_values('records', decimals=['amount'], timestamps=['created_at']) }} as lost_values
    from records
)

select * from final
