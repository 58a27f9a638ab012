{{ config(key='ticket_id') }}

with typed as (
    select * from {{ ref('int_zendesk_events_typed') }}
),

sla_targets as (
    select * from {{ ref('int_zendesk_sla_targets_dated') }}
),

sla_events as (
    select
        'metric-' || metric_event_id || '-due' as ticket_event_id,
        ticket_id,
        due_at as occurred_at,
        'sla_due' as event_type,
        source_system,
        updated_at
    from sla_targets
    union all
    select
        'metric-' || metric_event_id as ticket_event_id,
        ticket_id,
        ended_at as occurred_at,
        case when is_missed then 'sla_breached' else 'sla_met' end as event_type,
        source_system,
        updated_at
    from sla_targets
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
        ticket_event_id as record_id,
        updated_at,
        is_deleted,
        cast(null as {{ dbt.type_string() }}) as source_url
    from typed
    union all
    select
        ticket_event_id,
        ticket_id,
        occurred_at,
        event_type,
        cast(null as {{ dbt.type_string() }}) as actor_type,
        cast(null as {{ dbt.type_string() }}) as actor_id,
        cast(null as boolean) as is_public,
        source_system,
        ticket_event_id as record_id,
        updated_at,
        false as is_deleted,
        cast(null as {{ dbt.type_string() }}) as source_url
    from sla_events
)

select * from final
