{{ config(key='audit_id') }}

with audits as (
    select * from {{ ref('stg_zendesk__ticket_audits') }}
),

comments as (
    select * from {{ ref('stg_zendesk__ticket_comments') }}
),

events as (
    {{ list_elements(
        'audits',
        'events',
        [
            'audit_id', 'ticket_id', 'author_id', 'via_channel', 'created_at', 'source_system',
            'updated_at', 'is_deleted'
        ],
        {
            'event_id': 'id',
            'event_type': 'type',
            'event_author_id': 'author_id',
            'public_text': 'public',
            'field_name': 'field_name',
            'value': 'value',
            'previous_value': 'previous_value',
        }
    ) }}
),

comment_states as (
    select
        audit_id,
        {{ is_every('is_public') }} as is_public
    from comments
    where not is_deleted
    group by audit_id
),

final as (
    select
        events.audit_id,
        events.element_number,
        events.ticket_id,
        coalesce(events.event_author_id, events.author_id) as author_id,
        events.via_channel,
        events.event_type,
        -- a comment made private later is private
        coalesce(comment_states.is_public, {{ safe_boolean('events.public_text') }}) as is_public,
        events.field_name,
        events.value,
        events.previous_value,
        events.created_at,
        events.source_system,
        events.updated_at,
        events.is_deleted
    from events
    left join comment_states
        on events.audit_id = comment_states.audit_id
)

select * from final
