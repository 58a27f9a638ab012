{{ config(unique_key=['source_system', 'record_id']) }}

with records as (
    {{ latest_records(
        source('raw_files', 'holidays'),
        {
            'schedule_id': 'mapped.schedule_id',
            'holiday_date': 'mapped.holiday_date',
            'holiday_name': 'mapped.holiday_name',
            'source_url': 'mapped.source_url',
            'row_is_deleted': 'mapped.is_deleted',
        }
    ) }}
),

final as (
    select
        -- ids
        coalesce({{ clean_text('records.schedule_id') }}, 'default') as schedule_id,
        -- text
        {{ clean_text('records.holiday_name') }} as holiday_name,
        {{ clean_text('records.source_url') }} as source_url,
        -- dates
        {{ safe_date('records.holiday_date') }} as holiday_date,
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
            dates=['holiday_date'],
        ) }} as lost_values
    from records
)

select * from final
