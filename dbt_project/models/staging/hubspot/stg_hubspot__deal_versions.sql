{{ config(unique_key=['source_system', 'record_id']) }}

with records as (
    {{ record_versions(
        source('raw_hubspot', 'deals'),
        {
            'deal_id': 'id',
            'pipeline_id': 'properties.pipeline',
            'deal_stage': 'properties.dealstage',
            'merged_object_ids': 'properties.hs_merged_object_ids',
        },
        source_system='hubspot',
    ) }}
),

final as (
    select
        -- ids
        {{ clean_text('records.deal_id') }} as deal_id,
        {{ clean_text('records.pipeline_id') }} as pipeline_id,
        -- text
        {{ clean_text('records.deal_stage') }} as deal_stage,
        {{ clean_text('records.merged_object_ids') }} as merged_object_ids,
        -- pipeline
        records.source_system,
        records.record_id,
        records.updated_at,
        records.is_deleted,
        records.extracted_at,
        records.batch_id,
        records.load_seq,
        records.payload_hash,
        {{ lost_values('records') }} as lost_values
    from records
)

select * from final
