{{ config(key='ticket_id') }}

with events as (
    select * from {{ ref('stg_zendesk__ticket_metric_events') }}
    where not is_deleted
),

-- which turn of its clock a breach follows
breaches_clocked as (
    select
        breaches.metric_event_id,
        turns.metric_event_type as turn_type,
        row_number() over (
            partition by breaches.metric_event_id
            order by turns.occurred_at desc, turns.metric_event_id desc
        ) as turn_rank
    from events as breaches
    inner join events as turns
        on breaches.ticket_id = turns.ticket_id
        and breaches.metric = turns.metric
        and breaches.instance_id = turns.instance_id
        and breaches.occurred_at >= turns.occurred_at
    where breaches.metric_event_type = 'breach'
        and turns.metric_event_type in ('activate', 'pause', 'fulfill')
),

-- one told in advance for a time at which the clock did not run any more is none
idle_breaches as (
    select metric_event_id
    from breaches_clocked
    where turn_rank = 1
        and turn_type <> 'activate'
),

ends as (
    select
        events.ticket_id,
        events.metric,
        events.instance_id,
        events.metric_event_id,
        events.metric_event_type,
        events.occurred_at,
        events.source_system,
        events.updated_at,
        row_number() over (
            partition by events.ticket_id, events.metric, events.instance_id
            order by events.metric_event_type, events.occurred_at, events.metric_event_id
        ) as end_rank
    from events
    left join idle_breaches
        on events.metric_event_id = idle_breaches.metric_event_id
    -- a breach stands, whatever is done later; a target between groups of agents is no promise to a customer
    where events.metric <> 'group_ownership_time'
        and idle_breaches.metric_event_id is null
        and (
            events.metric_event_type = 'fulfill'
            or (events.metric_event_type = 'breach' and not events.is_void)
        )
),

first_ends as (
    select * from ends
    where end_rank = 1
),

-- the policy that was in force in the end; without any, there was nothing to keep
applied as (
    select
        first_ends.ticket_id,
        first_ends.metric,
        first_ends.instance_id,
        first_ends.metric_event_id,
        first_ends.metric_event_type = 'breach' as is_missed,
        first_ends.occurred_at as ended_at,
        first_ends.source_system,
        first_ends.updated_at,
        events.target_seconds,
        coalesce(events.is_in_business_hours, false) as is_in_business_hours,
        row_number() over (
            partition by first_ends.metric_event_id
            order by events.occurred_at desc, events.metric_event_id desc
        ) as application_rank
    from first_ends
    inner join events
        on first_ends.ticket_id = events.ticket_id
        and first_ends.metric = events.metric
        and first_ends.instance_id = events.instance_id
        and first_ends.occurred_at >= events.occurred_at
    where events.metric_event_type = 'apply_sla'
),

final as (
    select
        ticket_id,
        metric,
        instance_id,
        metric_event_id,
        is_missed,
        ended_at,
        target_seconds,
        is_in_business_hours,
        source_system,
        updated_at
    from applied
    where application_rank = 1
        and target_seconds is not null
)

select * from final
