{{ config(unique_key=['source_system', 'record_id']) }}

with records as (
    {{ latest_records(
        source('raw_files', 'ticket_events'),
        {
            'ticket_event_id': 'mapped.ticket_event_id',
            'ticket_id': 'mapped.ticket_id',
            'occurred_at': 'mapped.occurred_at',
            'event_type': 'mapped.event_type',
            'actor_type': 'mapped.actor_type',
            'actor_id': 'mapped.actor_id',
            'is_public': 'mapped.is_public',
            'source_url': 'mapped.source_url',
            'row_is_deleted': 'mapped.is_deleted',
        }
    ) }}
),

final as (
    select
        -- ids
        coalesce(
            {{ clean_text('records.ticket_event_id') }},
            {{ surrogate_key([
                'records.ticket_id',
                'records.occurred_at',
                'records.event_type',
                'records.actor_type',
                'records.actor_id',
                'records.is_public',
            ]) }}
        ) as ticket_event_id,
        {{ clean_text('records.ticket_id') }} as ticket_id,
        {{ clean_text('records.actor_id') }} as actor_id,
        -- text
        {{ clean_text('records.event_type') }} as event_type,
        {{ clean_text('records.actor_type') }} as actor_type,
        {{ clean_text('records.source_url') }} as source_url,
        -- booleans
        {{ safe_boolean('records.is_public') }} as is_public,
        -- timestamps
        {{ safe_timestamp('records.occurred_at') }} as occurred_at,
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
            booleans=['is_public', 'row_is_deleted'],
            timestamps=['occurred_at'],
        ) }} as lost_values
    from records
)

select * from final
