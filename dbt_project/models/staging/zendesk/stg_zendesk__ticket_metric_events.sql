{{ config(unique_key=['source_system', 'record_id']) }}

with records as (
    {{ latest_records(
        source('raw_zendesk', 'ticket_metric_events'),
        {
            'ticket': 'ticket_id',
            'metric': 'metric',
            'type': 'type',
            'time': 'time',
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
        {{ lost_values('records', timestamps=['time']) }} as lost_values
    from records
)

select * from final
