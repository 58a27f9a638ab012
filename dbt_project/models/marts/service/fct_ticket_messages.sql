{{ config(
    key='ticket_key',
    reached={'int_ticket_events_unioned': 'int_tickets_measured.ticket_id'},
    on_days={'int_ticket_events_unioned': dated_at('occurred_at')}
) }}

with events as (
    select * from {{ ref('int_ticket_events_unioned') }}
),

tickets as (
    select * from {{ ref('int_tickets_measured') }}
),

run_parameters as (
    select * from {{ ref('int_run_parameters') }}
),

messages as (
    select
        events.source_system,
        events.record_id,
        events.ticket_event_id,
        tickets.ticket_key,
        tickets.account_key,
        tickets.region,
        tickets.segment,
        tickets.ticket_channel,
        tickets.agent_group,
        events.actor_type,
        events.actor_id,
        coalesce(events.is_public, false) as is_public,
        events.actor_type = 'agent'
        and coalesce(events.is_public, false)
        and events.occurred_at = tickets.first_reply_at as is_first_reply_instant,
        {{ reporting_date('events.occurred_at') }} as occurred_date,
        events.occurred_at,
        events.source_url
    from events
    inner join tickets
        on events.source_system = tickets.source_system
        and events.ticket_id = tickets.ticket_id
    cross join run_parameters
    where events.event_type = 'message'
        and not events.is_deleted
        and {{ reporting_date('events.occurred_at') }} <= run_parameters.as_of_date
),

-- two messages of one instant are one first reply
ranked as (
    select
        source_system,
        record_id,
        row_number() over (partition by ticket_key order by record_id) as reply_rank
    from messages
    where is_first_reply_instant
),

final as (
    select
        {{ surrogate_key(['messages.source_system', 'messages.record_id']) }} as ticket_message_key,
        messages.source_system,
        messages.ticket_event_id,
        messages.ticket_key,
        coalesce(messages.account_key, '(unknown)') as customer_key,
        messages.region,
        messages.segment,
        messages.ticket_channel,
        messages.agent_group,
        messages.actor_type,
        messages.actor_id,
        messages.is_public,
        cast(1 as integer) as message_count,
        cast(case when messages.actor_type = 'customer' then 1 else 0 end as integer) as customer_message_count,
        cast(case when messages.actor_type = 'agent' and messages.is_public then 1 else 0 end as integer)
            as agent_reply_count,
        cast(case when ranked.reply_rank = 1 then 1 else 0 end as integer) as first_reply_count,
        messages.occurred_date,
        messages.occurred_at,
        messages.source_url
    from messages
    left join ranked
        on messages.source_system = ranked.source_system
        and messages.record_id = ranked.record_id
)

select * from final
