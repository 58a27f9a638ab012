{{ config(key='record_id') }}

with files_ticket_events as (
    select * from {{ ref('stg_files__ticket_events') }}
),

zendesk_ticket_events as (
    select * from {{ ref('int_zendesk_ticket_events_mapped') }}
),

final as (
    select
        files_ticket_events.ticket_event_id,
        files_ticket_events.ticket_id,
        files_ticket_events.occurred_at,
        files_ticket_events.event_type,
        files_ticket_events.actor_type,
        files_ticket_events.actor_id,
        files_ticket_events.is_public,
        files_ticket_events.source_system,
        files_ticket_events.record_id,
        files_ticket_events.updated_at,
        files_ticket_events.is_deleted,
        files_ticket_events.source_url
    from files_ticket_events
    union all
    select
        zendesk_ticket_events.ticket_event_id,
        zendesk_ticket_events.ticket_id,
        zendesk_ticket_events.occurred_at,
        zendesk_ticket_events.event_type,
        zendesk_ticket_events.actor_type,
        zendesk_ticket_events.actor_id,
        zendesk_ticket_events.is_public,
        zendesk_ticket_events.source_system,
        zendesk_ticket_events.record_id,
        zendesk_ticket_events.updated_at,
        zendesk_ticket_events.is_deleted,
        zendesk_ticket_events.source_url
    from zendesk_ticket_events
)

select * from final
