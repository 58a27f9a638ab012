{{ config(
    key='ticket_id',
    on_days={
        'int_zendesk_sla_targets_ended':
            'metric_event_id not in (select metric_event_id from {this} where due_at < {since})'
    }
) }}

with targets as (
    select * from {{ ref('int_zendesk_sla_targets_ended') }}
),

clock_events as (
    select * from {{ ref('stg_zendesk__ticket_metric_events') }}
    where not is_deleted
        and metric_event_type in ('activate', 'pause', 'fulfill')
),

tickets as (
    select * from {{ ref('int_zendesk_tickets_mapped') }}
),

intervals as (
    select * from {{ ref('int_business_minutes_cumulated') }}
),

followed as (
    select
        ticket_id,
        metric,
        instance_id,
        metric_event_type,
        occurred_at,
        lead(occurred_at) over (
            partition by ticket_id, metric, instance_id
            order by occurred_at, metric_event_id
        ) as next_occurred_at
    from clock_events
),

-- the clock of a target that was kept stood still while it was paused
spans as (
    select
        targets.metric_event_id,
        targets.is_in_business_hours,
        targets.ended_at,
        targets.source_system as schedule_source_system,
        tickets.schedule_id,
        followed.occurred_at as started_at,
        least(coalesce(followed.next_occurred_at, targets.ended_at), targets.ended_at) as stopped_at
    from targets
    inner join tickets
        on targets.source_system = tickets.source_system
        and targets.ticket_id = tickets.ticket_id
    inner join followed
        on targets.ticket_id = followed.ticket_id
        and targets.metric = followed.metric
        and targets.instance_id = followed.instance_id
        and targets.ended_at > followed.occurred_at
    where not targets.is_missed
        and followed.metric_event_type = 'activate'
),

instants as (
    select schedule_source_system, schedule_id, started_at as instant_at
    from spans
    where is_in_business_hours
    union
    select schedule_source_system, schedule_id, stopped_at as instant_at
    from spans
    where is_in_business_hours
    union
    select schedule_source_system, schedule_id, ended_at as instant_at
    from spans
    where is_in_business_hours
),

measured as (
    {{ business_time_until('instants', 'intervals') }}
),

elapsed as (
    select
        spans.metric_event_id,
        spans.schedule_source_system,
        spans.schedule_id,
        sum({{ microseconds_between('spans.started_at', 'spans.stopped_at') }}) as calendar_microseconds,
        sum(stopped.business_microseconds - started.business_microseconds) as business_microseconds,
        max(ended.business_microseconds) as ended_business_microseconds
    from spans
    left join measured as started
        on spans.schedule_source_system = started.schedule_source_system
        and spans.schedule_id = started.schedule_id
        and spans.started_at = started.instant_at
    left join measured as stopped
        on spans.schedule_source_system = stopped.schedule_source_system
        and spans.schedule_id = stopped.schedule_id
        and spans.stopped_at = stopped.instant_at
    left join measured as ended
        on spans.schedule_source_system = ended.schedule_source_system
        and spans.schedule_id = ended.schedule_id
        and spans.ended_at = ended.instant_at
    group by spans.metric_event_id, spans.schedule_source_system, spans.schedule_id
),

-- what was left when it was kept, by the clock of the target
kept as (
    select
        targets.metric_event_id,
        targets.is_in_business_hours,
        targets.ended_at,
        elapsed.schedule_source_system,
        elapsed.schedule_id,
        targets.target_seconds - cast(elapsed.calendar_microseconds / 1000000 as bigint) as left_seconds,
        elapsed.ended_business_microseconds
        + cast(targets.target_seconds as bigint) * 1000000
        - elapsed.business_microseconds as due_business_microseconds
    from targets
    inner join elapsed
        on targets.metric_event_id = elapsed.metric_event_id
),

kept_dated as (
    select
        metric_event_id,
        {{ timestamp_add_seconds('ended_at', 'greatest(left_seconds, 0)') }} as due_at
    from kept
    where not is_in_business_hours
    union all
    select
        kept.metric_event_id,
        {{ timestamp_add_seconds(
            'intervals.starts_at',
            'cast((kept.due_business_microseconds - intervals.microseconds_before) / 1000000 as bigint)'
        ) }} as due_at
    from kept
    inner join intervals
        on kept.schedule_source_system = intervals.source_system
        and kept.schedule_id = intervals.schedule_id
        and kept.due_business_microseconds > intervals.microseconds_before
        and kept.due_business_microseconds <= intervals.microseconds_before + intervals.open_microseconds
    where kept.is_in_business_hours
),

final as (
    select
        targets.metric_event_id,
        targets.ticket_id,
        targets.is_missed,
        targets.ended_at,
        case when targets.is_missed then targets.ended_at else kept_dated.due_at end as due_at,
        targets.source_system,
        targets.updated_at
    from targets
    left join kept_dated
        on targets.metric_event_id = kept_dated.metric_event_id
    where targets.is_missed
        or kept_dated.metric_event_id is not null
)

select * from final
