{{ config(unique_key=['source_system', 'record_id']) }}

with records as (
    {{ latest_records(
        source('raw_hubspot', 'tickets'),
        {
            'ticket_id': 'id',
            'pipeline_id': 'properties.hs_pipeline',
            'pipeline_stage': 'properties.hs_pipeline_stage',
            'subject': 'properties.subject',
            'ticket_category': 'properties.hs_ticket_category',
            'ticket_priority': 'properties.hs_ticket_priority',
            'ticket_source': 'properties.source_type',
            'owner_id': 'properties.hubspot_owner_id',
            'created_at': 'properties.createdate',
            'source_url': 'url',
        },
        source_system='hubspot',
    ) }}
),

final as (
    select
        -- ids
        {{ clean_text('records.ticket_id') }} as ticket_id,
        {{ clean_text('records.pipeline_id') }} as pipeline_id,
        {{ clean_text('records.owner_id') }} as owner_id,
        -- text
        {{ clean_text('records.pipeline_stage') }} as pipeline_stage,
        {{ clean_text('records.subject') }} as subject,
        {{ clean_text('records.ticket_category') }} as ticket_category,
        {{ clean_text('records.ticket_priority') }} as ticket_priority,
        {{ clean_text('records.ticket_source') }} as ticket_source,
        {{ clean_text('records.source_url') }} as source_url,
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
        {{ lost_values(
            'records',
            timestamps=['created_at'],
        ) }} as lost_values
    from records
)

select * from final
