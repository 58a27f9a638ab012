{{ config(unique_key=['source_system', 'record_id']) }}

with records as (
    {{ latest_records(
        source('raw_files', 'lead_events'),
        {
            'lead_event_id': 'mapped.lead_event_id',
            'lead_id': 'mapped.lead_id',
            'event_type': 'mapped.event_type',
            'occurred_at': 'mapped.occurred_at',
            'sales_rep_id': 'mapped.sales_rep_id',
            'source_url': 'mapped.source_url',
            'row_is_deleted': 'mapped.is_deleted',
        }
    ) }}
),

final as (
    select
        -- ids
        coalesce(
            {{ clean_text('records.lead_event_id') }},
            {{ surrogate_key(['records.lead_id', 'records.event_type', 'records.occurred_at']) }}
        ) as lead_event_id,
        {{ clean_text('records.lead_id') }} as lead_id,
        {{ clean_text('records.sales_rep_id') }} as sales_rep_id,
        -- text
        {{ clean_text('records.event_type') }} as event_type,
        {{ clean_text('records.source_url') }} as source_url,
        -- timestamps
        {{ safe_timestamp('records.occurred_at') }} as occurred_at,
        -- pipeline
        records.source_system,
        records.record_id,
        records.updated_at,
        records.is_deleted
        or coalesce({{ safe_boolean('records.row_is_deleted') }}, false) as is_deleted,
        records.extracted_at,
        records.batch_id,
        records.load_seq,
        {{ lost_values(
            'records',
            booleans=['row_is_deleted'],
            timestamps=['occurred_at'],
        ) }} as lost_values
    from records
)

select * from final
