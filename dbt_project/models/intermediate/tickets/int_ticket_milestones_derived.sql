{{ config(
    key='ticket_key',
    reached={'int_ticket_events_unioned': 'int_tickets_placed.ticket_id'},
    on_days={'int_ticket_events_unioned': dated_at('occurred_at')}
) }}

with tickets as (
    select * from {{ ref('int_tickets_placed') }}
),

events as (
    select * from {{ ref('int_ticket_events_unioned') }}
),

run_parameters as (
    select * from {{ ref('int_run_parameters') }}
),

ticket_events as (
    select
        tickets.ticket_key,
        events.event_type,
        events.occurred_at,
        events.event_type = 'message' and events.actor_type = 'customer' as is_customer_message,
        events.event_type = 'message' and events.actor_type = 'agent' as is_agent_message,
        coalesce(events.is_public, false) as is_public
    from events
    inner join tickets
        on events.source_system = tickets.source_system
        and events.ticket_id = tickets.ticket_id
    cross join run_parameters
    where not events.is_deleted
        and {{ reporting_date('events.occurred_at') }} <= run_parameters.as_of_date
),

firsts as (
    select
        ticket_key,
        min(case when is_customer_message then occurred_at end) as first_customer_message_at,
        min(case when is_agent_message then occurred_at end) as first_agent_message_at,
        min(case when event_type = 'solved' then occurred_at end) as first_solved_at,
        max(case when event_type = 'solved' then occurred_at end) as last_solved_at,
        max(case when event_type = 'reopened' then occurred_at end) as last_reopened_at,
        sum(case when event_type = 'reopened' then 1 else 0 end) as reopened_count
    from ticket_events
    group by ticket_key
),

-- the clock starts with the customer: what an agent, a bot or a note said before it is no reply
replies as (
    select
        ticket_events.ticket_key,
        min(ticket_events.occurred_at) as first_reply_at
    from ticket_events
    inner join firsts
        on ticket_events.ticket_key = firsts.ticket_key
    where ticket_events.is_agent_message
        and ticket_events.is_public
        and ticket_events.occurred_at > firsts.first_customer_message_at
    group by ticket_events.ticket_key
),

final as (
    select
        firsts.ticket_key,
        case
            when firsts.first_agent_message_at < firsts.first_customer_message_at then 'agent'
            when firsts.first_customer_message_at is not null then 'customer'
            when firsts.first_agent_message_at is not null then 'agent'
        end as first_author,
        firsts.first_customer_message_at,
        replies.first_reply_at,
        firsts.first_solved_at,
        firsts.last_solved_at,
        firsts.reopened_count,
        coalesce(firsts.last_reopened_at > firsts.first_solved_at, false) as is_reopened,
        firsts.last_solved_at is not null
        and (
            firsts.last_reopened_at is null
            or firsts.last_reopened_at <= firsts.last_solved_at
        ) as is_solved
    from firsts
    left join replies
        on firsts.ticket_key = replies.ticket_key
)

select * from final
