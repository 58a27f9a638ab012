{{ config(unique_key=['source_system', 'record_id']) }}

with records as (
    {{ latest_records(
        source('raw_zendesk', 'holidays'),
        {
            'schedule': 'schedule_id',
            'name': 'name',
            'start_date': 'start_date',
            'end_date': 'end_date',
        },
        source_system='zendesk'
    ) }}
),

final as (
    select
        -- ids
        records.record_id as holiday_id,
        records.schedule as schedule_id,
        -- text
        {{ clean_text('records.name') }} as holiday_name,
        -- dates
        {{ safe_date('records.start_date') }} as first_date,
        coalesce({{ safe_date('records.end_date') }}, {{ safe_date('records.start_date') }}) as last_date,
        -- pipeline
        records.source_system,
        records.record_id,
        records.updated_at,
        records.is_deleted,
        records.extracted_at,
        records.batch_id,
        records.load_seq,
        {{ lost_values('records', dates=['start_date', 'end_date']) }} as lost_values
    from records
)

select * from final
