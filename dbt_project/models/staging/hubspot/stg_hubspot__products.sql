{{ config(unique_key=['source_system', 'record_id']) }}

with records as (
    {{ latest_records(
        source('raw_hubspot', 'products'),
        {
            'product_id': 'id',
            'product_name': 'properties.name',
            'product_type': 'properties.hs_product_type',
        },
        source_system='hubspot',
    ) }}
),

final as (
    select
        -- ids
        {{ clean_text('records.product_id') }} as product_id,
        -- text
        {{ clean_text('records.product_name') }} as product_name,
        {{ clean_text('records.product_type') }} as product_type,
        -- pipeline
        records.source_system,
        records.record_id,
        records.updated_at,
        records.is_deleted,
        records.extracted_at,
        records.batch_id,
        records.load_seq,
        {{ lost_values('records') }} as lost_values
    from records
)

select * from final
