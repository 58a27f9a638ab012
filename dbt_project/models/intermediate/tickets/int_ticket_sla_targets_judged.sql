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

-- what was met waits for the next target due; at one instant, it is met before it is due
steps as (
    select
        due.ticket_key,
        due.due_at as stepped_at,
        1 as step_order,
        -greatest(due.due_count - coalesce(breaches.breach_count, 0), 0) as waiting_change
    from due
    left join breaches
        on due.ticket_key = breaches.ticket_key
        and due.due_at = breaches.due_at
    union all
    select
        ticket_key,
        occurred_at as stepped_at,
        0 as step_order,
        count(*) as waiting_change
    from sla_events
    where event_type = 'sla_met'
    group by ticket_key, occurred_at
),

balanced as (
    select
        ticket_key,
        stepped_at,
        step_order,
        sum(waiting_change) over walk as balance
    from steps
    window walk as (partition by ticket_key order by stepped_at, step_order)
),

-- a target that finds none waiting takes none, so the balance counts from its lowest point so far
waiting as (
    select
        ticket_key,
        stepped_at,
        step_order,
        balance - least(min(balance) over walk, 0) as waiting_count
    from balanced
    window walk as (partition by ticket_key order by stepped_at, step_order)
),

followed as (
    select
        ticket_key,
        stepped_at,
        step_order,
        lag(waiting_count, 1, 0) over (partition by ticket_key order by stepped_at, step_order)
        - waiting_count as taken_count
    from waiting
),

final as (
    select
        due.ticket_key,
        due.due_at,
        {{ reporting_date('due.due_at') }} as due_date,
        due.due_count,
        followed.taken_count as met_count
    from due
    inner join followed
        on due.ticket_key = followed.ticket_key
        and due.due_at = followed.stepped_at
        and followed.step_order = 1
)

select * from final
