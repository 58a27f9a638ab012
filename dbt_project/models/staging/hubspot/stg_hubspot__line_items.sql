{{ config(unique_key=['source_system', 'record_id']) }}

with records as (
    {{ latest_records(
        source('raw_hubspot', 'line_items'),
        {
            'line_item_id': 'id',
            'product_id': 'properties.hs_product_id',
            'line_item_name': 'properties.name',
            'currency_code': 'properties.hs_line_item_currency_code',
            'billing_frequency': 'properties.recurringbillingfrequency',
            'unit_price': 'properties.price',
            'quantity': 'properties.quantity',
            'net_amount': 'properties.amount',
        },
        source_system='hubspot',
    ) }}
),

final as (
    select
        -- ids
        {{ clean_text('records.line_item_id') }} as line_item_id,
        {{ clean_text('records.product_id') }} as product_id,
        -- text
        {{ clean_text('records.line_item_name') }} as line_item_name,
        {{ clean_text('records.currency_code') }} as currency_code,
        {{ clean_text('records.billing_frequency') }} as billing_frequency,
        -- money
        {{ safe_decimal('records.unit_price', 18, 4) }} as unit_price,
        {{ safe_decimal('records.net_amount', 18, 4) }} as net_amount,
        -- numbers
        {{ safe_decimal('records.quantity', 18, 4) }} as quantity,
        -- pipeline
        records.source_system,
        records.record_id,
        records.updated_at,
        records.is_deleted,
        records.extracted_at,
        records.batch_id,
        records.load_seq,
        {{ lost_values('records', decimals=['unit_price', 'quantity', 'net_amount']) }} as lost_values
    from records
)

select * from final
