{{ config(unique_key=['source_system', 'record_id']) }}

with records as (
    {{ latest_records(
        source('raw_zendesk', 'ticket_audits'),
        {
            'ticket': 'ticket_id',
            'author': 'author_id',
            'via_channel': 'via.channel',
            'events': 'events',
            'created_at': 'created_at',
        },
        source_system='zendesk'
    ) }}
),

final as (
    select
        -- ids
        records.record_id as audit_id,
        records.ticket as ticket_id,
        records.author as author_id,
        -- text
        records.via_channel,
        records.events,
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
        {{ lost_values('records', timestamps=['created_at']) }} as lost_values
    from records
)

select * from final
