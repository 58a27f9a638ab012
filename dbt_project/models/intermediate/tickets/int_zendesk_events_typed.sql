{{ config(
    key='ticket_id',
    reached={
        'stg_zendesk__users': 'user_id = int_zendesk_audit_events_listed.author_id',
    }
) }}

with audit_events as (
    select * from {{ ref('int_zendesk_audit_events_listed') }}
),

users as (
    select * from {{ ref('stg_zendesk__users') }}
),

tickets as (
    select * from {{ ref('stg_zendesk__tickets') }}
),

typed as (
    select
        audit_events.audit_id || '-' || audit_events.element_number as ticket_event_id,
        audit_events.ticket_id,
        audit_events.created_at as occurred_at,
        case
            when audit_events.event_type in ('Comment', 'VoiceComment') then 'message'
            when audit_events.event_type not in ('Create', 'Change') then null
            when audit_events.field_name = 'assignee_id' then 'assigned'
            when audit_events.field_name <> 'status' then null
            -- closing what is solved is not a second solve
            when audit_events.value in ('solved', 'closed')
                and coalesce(audit_events.previous_value, 'new') not in ('solved', 'closed')
                then 'solved'
            when audit_events.value not in ('solved', 'closed')
                and audit_events.previous_value in ('solved', 'closed')
                then 'reopened'
        end as event_type,
        -- triggers, automations and answer bots write as user -1 or through a rule
        case
            when audit_events.author_id = '-1' then 'bot'
            when audit_events.via_channel in ('rule', 'answer_bot', 'answer_bot_for_agents', 'system')
                then 'bot'
            when audit_events.author_id = tickets.requester_id then 'customer'
            when users.role in ('agent', 'admin') then 'agent'
            else 'customer'
        end as actor_type,
        audit_events.author_id as actor_id,
        case when audit_events.event_type in ('Comment', 'VoiceComment') then audit_events.is_public end
            as is_public,
        audit_events.source_system,
        audit_events.updated_at,
        audit_events.is_deleted
    from audit_events
    left join users
        on audit_events.author_id = users.user_id
    left join tickets
        on audit_events.ticket_id = tickets.ticket_id
),

final as (
    select
        ticket_event_id,
        ticket_id,
        occurred_at,
        event_type,
        actor_type,
        actor_id,
        is_public,
        source_system,
        updated_at,
        is_deleted
    from typed
    where event_type is not null
)

select * from final
