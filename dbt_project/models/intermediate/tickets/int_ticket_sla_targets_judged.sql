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

sla_events as (
    select
        tickets.ticket_key,
        events.event_type,
        events.occurred_at
    from events
    inner join tickets
        on events.source_system = tickets.source_system
        and events.ticket_id = tickets.ticket_id
    cross join run_parameters
    where events.event_type in ('sla_due', 'sla_met', 'sla_breached')
        and not events.is_deleted
        and {{ reporting_date('events.occurred_at') }} <= run_parameters.as_of_date
),

due as (
    select
        ticket_key,
        occurred_at as due_at,
        count(*) as due_count,
        lead(occurred_at) over (partition by ticket_key order by occurred_at) as next_due_at
    from sla_events
    where event_type = 'sla_due'
    group by ticket_key, occurred_at
),

-- a breach belongs to the last target due when it is told
breaches as (
    select
        due.ticket_key,
        due.due_at,
        count(*) as breach_count
    from due
    inner join sla_events
        on due.ticket_key = sla_events.ticket_key
        and sla_events.event_type = 'sla_breached'
        and due.due_at <= sla_events.occurred_at
        and (due.next_due_at is null or due.next_due_at > sla_events.occurred_at)
    group by due.ticket_key, due.due_at
),

first_met as (
    select
        ticket_key,
        min(occurred_at) as first_met_at
    from sla_events
    where event_type = 'sla_met'
    group by ticket_key
),

final as (
    select
        due.ticket_key,
        due.due_at,
        {{ reporting_date('due.due_at') }} as due_date,
        due.due_count,
        case
            when first_met.first_met_at <= due.due_at
                then greatest(due.due_count - coalesce(breaches.breach_count, 0), 0)
            else 0
        end as met_count
    from due
    left join breaches
        on due.ticket_key = breaches.ticket_key
        and due.due_at = breaches.due_at
    left join first_met
        on due.ticket_key = first_met.ticket_key
)

select * from final
