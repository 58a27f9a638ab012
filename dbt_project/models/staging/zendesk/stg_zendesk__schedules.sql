{{ config(unique_key=['source_system', 'record_id']) }}

with records as (
    {{ latest_records(
        source('raw_zendesk', 'schedules'),
        {
            'time_zone': 'time_zone',
            'intervals': 'intervals',
            'created_at': 'created_at',
        },
        source_system='zendesk'
    ) }}
),

final as (
    select
        -- ids
        records.record_id as schedule_id,
        -- text
        {{ clean_text('records.time_zone') }} as time_zone,
        records.intervals,
        -- timestamps
        {{ safe_timestamp('records.created_at') }} as created_at,
        -- pipeline
        records.source_system,
        records.record_id,
        records.updated_at,
        records.is_deleted,
        records.extracted_at,
        records.batch_id,
        records.load_seq,
        {{ lost_values('records', timestamps=['created_at']) }} as lost_values
    from records
)

select * from final
