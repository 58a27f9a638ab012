with events as (
    select * from {{ ref('stg_zendesk__ticket_metric_events') }}
    where not is_deleted
),

ends as (
    select
        ticket_id,
        metric,
        instance_id,
        metric_event_id,
        metric_event_type,
        occurred_at,
        source_system,
        updated_at,
        row_number() over (
            partition by ticket_id, metric, instance_id
            order by metric_event_type, occurred_at, metric_event_id
        ) as end_rank
    from events
    -- a breach stands, whatever is done later; a target between groups of agents is no promise to a customer
    where metric <> 'group_ownership_time'
        and (
            metric_event_type = 'fulfill'
            or (metric_event_type = 'breach' and not is_void)
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
