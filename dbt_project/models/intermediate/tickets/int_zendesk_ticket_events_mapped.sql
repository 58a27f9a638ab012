with typed as (
    select * from {{ ref('int_zendesk_events_typed') }}
),

metric_events as (
    select * from {{ ref('stg_zendesk__ticket_metric_events') }}
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
        'metric-' || metric_event_id as ticket_event_id,
        ticket_id,
        occurred_at,
        'sla_breached' as event_type,
        cast(null as {{ dbt.type_string() }}) as actor_type,
        cast(null as {{ dbt.type_string() }}) as actor_id,
        cast(null as boolean) as is_public,
        source_system,
        'metric-' || metric_event_id as record_id,
        updated_at,
        is_deleted,
        cast(null as {{ dbt.type_string() }}) as source_url
    from metric_events
    where metric_event_type = 'breach'
)

select * from final
