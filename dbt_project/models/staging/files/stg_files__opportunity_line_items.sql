{{ config(unique_key=['source_system', 'record_id']) }}

with records as (
    {{ latest_records(
        source('raw_files', 'opportunity_line_items'),
        {
            'line_item_id': 'mapped.line_item_id',
            'opportunity_id': 'mapped.opportunity_id',
            'product_id': 'mapped.product_id',
            'quantity': 'mapped.quantity',
            'amount': 'mapped.amount',
            'product_name': 'mapped.product_name',
            'source_url': 'mapped.source_url',
            'row_is_deleted': 'mapped.is_deleted',
        }
    ) }}
),

final as (
    select
        -- ids
        {{ clean_text('records.line_item_id') }} as line_item_id,
        {{ clean_text('records.opportunity_id') }} as opportunity_id,
        {{ clean_text('records.product_id') }} as product_id,
        -- text
        {{ clean_text('records.product_name') }} as product_name,
        {{ clean_text('records.source_url') }} as source_url,
        -- money
        {{ safe_decimal('records.amount', 18, 4) }} as amount,
        -- numbers
        {{ safe_decimal('records.quantity', 18, 4) }} as quantity,
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
            decimals=['quantity', 'amount'],
            booleans=['row_is_deleted'],
        ) }} as lost_values
    from records
)

select * from final
