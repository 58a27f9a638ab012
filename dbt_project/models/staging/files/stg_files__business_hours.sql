{{ config(unique_key=['source_system', 'record_id']) }}

with records as (
    {{ latest_records(
        source('raw_files', 'business_hours'),
        {
            'schedule_id': 'mapped.schedule_id',
            'time_zone': 'mapped.time_zone',
            'weekday': 'mapped.weekday',
            'opens_at': 'mapped.opens_at',
            'closes_at': 'mapped.closes_at',
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
        {{ clean_text('records.time_zone') }} as time_zone,
        {{ clean_text('records.opens_at') }} as opens_at,
        {{ clean_text('records.closes_at') }} as closes_at,
        {{ clean_text('records.source_url') }} as source_url,
        -- numbers
        {{ safe_integer('records.weekday') }} as weekday,
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
            integers=['weekday'],
            booleans=['row_is_deleted'],
        ) }} as lost_values
    from records
)

select * from final
