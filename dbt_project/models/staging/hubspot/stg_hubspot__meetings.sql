{{ config(unique_key=['source_system', 'record_id']) }}

with records as (
    {{ latest_records(
        source('raw_hubspot', 'meetings'),
        {
            'meeting_id': 'id',
            'owner_id': 'properties.hubspot_owner_id',
            'meeting_outcome': 'properties.hs_meeting_outcome',
            'meeting_source': 'properties.hs_meeting_source',
            'sequence_id': 'properties.hs_sequence_id',
            'occurred_at': 'properties.hs_timestamp',
            'started_at': 'properties.hs_meeting_start_time',
            'ended_at': 'properties.hs_meeting_end_time',
        },
        source_system='hubspot',
    ) }}
),

final as (
    select
        -- ids
        {{ clean_text('records.meeting_id') }} as meeting_id,
        {{ clean_text('records.owner_id') }} as owner_id,
        {{ clean_text('records.sequence_id') }} as sequence_id,
        -- text
        {{ clean_text('records.meeting_outcome') }} as meeting_outcome,
        {{ clean_text('records.meeting_source') }} as meeting_source,
        -- timestamps
        {{ safe_timestamp('records.occurred_at') }} as occurred_at,
        {{ safe_timestamp('records.started_at') }} as started_at,
        {{ safe_timestamp('records.ended_at') }} as ended_at,
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
            timestamps=['occurred_at', 'started_at', 'ended_at'],
        ) }} as lost_values
    from records
)

select * from final
