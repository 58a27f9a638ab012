with events as (
    select * from {{ ref('int_ticket_events_unioned') }}
),

run_parameters as (
    select * from {{ ref('int_run_parameters') }}
),

first_events as (
    select
        source_system,
        min(occurred_at) as first_event_at
    from events
    where not is_deleted
    group by source_system
),

-- where a source tells no events, nobody knows what became of its tickets
final as (
    select first_events.source_system
    from first_events
    cross join run_parameters
    where {{ reporting_date('first_events.first_event_at') }} <= run_parameters.as_of_date
)

select * from final
