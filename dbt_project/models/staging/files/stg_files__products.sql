{{ config(unique_key=['source_system', 'record_id']) }}

with records as (
    {{ latest_records(
        source('raw_files', 'products'),
        {
            'product_id': 'mapped.product_id',
            'product_name': 'mapped.product_name',
            'product_family': 'mapped.product_family',
            'source_url': 'mapped.source_url',
            'row_is_deleted': 'mapped.is_deleted',
        }
    ) }}
),

final as (
    select
        -- ids
        {{ clean_text('records.product_id') }} as product_id,
        -- text
        {{ clean_text('records.product_name') }} as product_name,
        {{ clean_text('records.product_family') }} as product_family,
        {{ clean_text('records.source_url') }} as source_url,
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
            booleans=['row_is_deleted'],
        ) }} as lost_values
    from records
)

select * from final
