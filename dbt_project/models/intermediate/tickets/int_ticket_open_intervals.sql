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

telling_sources as (
    select * from {{ ref('int_ticket_sources_telling') }}
),

run_parameters as (
    select * from {{ ref('int_run_parameters') }}
),

-- where a source tells no events, nobody knows whether its tickets are still open
changes as (
    select
        tickets.ticket_key,
        tickets.created_date as changed_date,
        tickets.created_at as changed_at,
        0 as change_order,
        true as is_open
    from tickets
    inner join telling_sources
        on tickets.source_system = telling_sources.source_system
    union all
    select
        tickets.ticket_key,
        greatest({{ reporting_date('events.occurred_at') }}, tickets.created_date) as changed_date,
        events.occurred_at as changed_at,
        case events.event_type when 'reopened' then 1 else 2 end as change_order,
        events.event_type = 'reopened' as is_open
    from tickets
    inner join events
        on tickets.source_system = events.source_system
        and tickets.ticket_id = events.ticket_id
    cross join run_parameters
    where events.event_type in ('solved', 'reopened')
        and not events.is_deleted
        and {{ reporting_date('events.occurred_at') }} <= run_parameters.as_of_date
),

-- of what happened on one day the last counts; an event always weighs more than the creation
ranked as (
    select
        ticket_key,
        changed_date,
        is_open,
        row_number() over (
            partition by ticket_key, changed_date
            order by least(change_order, 1) desc, changed_at desc, change_order desc
        ) as change_rank
    from changes
),

states as (
    select
        ticket_key,
        is_open,
        changed_date as open_from_date,
        coalesce(
            lead(changed_date) over (partition by ticket_key order by changed_date),
            date '9999-12-31'
        ) as open_until_date
    from ranked
    where change_rank = 1
),

final as (
    select
        ticket_key,
        open_from_date,
        open_until_date
    from states
    where is_open
)

select * from final
