{{ config(unique_key=['source_system', 'record_id']) }}

with records as (
    {{ record_versions(
        source('raw_files', 'leads'),
        {
            'lead_id': 'mapped.lead_id',
            'owner_sales_rep_id': 'mapped.owner_sales_rep_id',
            'owner_name': 'mapped.owner_name',
            'created_at': 'mapped.created_at',
        }
    ) }}
),

final as (
    select
        -- ids
        {{ clean_text('records.lead_id') }} as lead_id,
        {{ clean_text('records.owner_sales_rep_id') }} as owner_sales_rep_id,
        -- text
        {{ clean_text('records.owner_name') }} as owner_name,
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
        records.payload_hash,
        {{ lost_values('records', timestamps=['created_at']) }} as lost_values
    from records
)

select * from final
