{{ config(unique_key=['source_system', 'record_id']) }}

with records as (
    {{ latest_records(
        source('raw_files', 'touches'),
        {
            'touch_id': 'mapped.touch_id',
            'lead_id': 'mapped.lead_id',
            'touched_at': 'mapped.touched_at',
            'source': 'mapped.source',
            'campaign_id': 'mapped.campaign_id',
            'touch_type': 'mapped.touch_type',
            'campaign_name': 'mapped.campaign_name',
            'source_url': 'mapped.source_url',
            'row_is_deleted': 'mapped.is_deleted',
        }
    ) }}
),

final as (
    select
        -- ids
        {{ clean_text('records.touch_id') }} as touch_id,
        {{ clean_text('records.lead_id') }} as lead_id,
        {{ clean_text('records.campaign_id') }} as campaign_id,
        -- text
        {{ clean_text('records.source') }} as source,
        {{ clean_text('records.touch_type') }} as touch_type,
        {{ clean_text('records.campaign_name') }} as campaign_name,
        {{ clean_text('records.source_url') }} as source_url,
        -- timestamps
        {{ safe_timestamp('records.touched_at') }} as touched_at,
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
            timestamps=['touched_at'],
        ) }} as lost_values
    from records
)

select * from final
