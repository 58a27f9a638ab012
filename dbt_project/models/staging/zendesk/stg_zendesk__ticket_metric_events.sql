{{ config(unique_key=['source_system', 'record_id']) }}

with records as (
    {{ latest_records(
        source('raw_zendesk', 'ticket_metric_events'),
        {
            'ticket': 'ticket_id',
            'metric': 'metric',
            'type': 'type',
            'time': 'time',
            'instance': 'instance_id',
            'is_void': 'deleted',
            'target_minutes': 'sla.target',
            'target_seconds': 'sla.target_in_seconds',
            'in_business_hours': 'sla.business_hours',
        },
        source_system='zendesk'
    ) }}
),

final as (
    select
        -- ids
        records.record_id as metric_event_id,
        records.ticket as ticket_id,
        -- text
        records.metric,
        records.type as metric_event_type,
        -- booleans
        coalesce({{ safe_boolean('records.is_void') }}, false) as is_void,
        {{ safe_boolean('records.in_business_hours') }} as is_in_business_hours,
        -- numbers
        coalesce({{ safe_integer('records.instance') }}, 0) as instance_id,
        coalesce(
            {{ safe_integer('records.target_seconds') }},
            {{ safe_integer('records.target_minutes') }} * 60
        ) as target_seconds,
        -- timestamps
        {{ safe_timestamp('records.time') }} as occurred_at,
        -- pipeline
        records.source_system,
        records.record_id,
        records.updated_at,
        records.is_deleted,
        records.extracted_at,
        records.batch_id,
        records.load_seq,
        {{ lost_values(
            'records',
            integers=['instance', 'target_seconds', 'target_minutes'],
            booleans=['is_void', 'in_business_hours'],
            timestamps=['time'],
        ) }} as lost_values
    from records
)

select * from final
