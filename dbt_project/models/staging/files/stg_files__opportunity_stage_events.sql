{{ config(unique_key=['source_system', 'record_id']) }}

with records as (
    {{ latest_records(
        source('raw_files', 'opportunity_stage_events'),
        {
            'opportunity_id': 'mapped.opportunity_id',
            'stage_id': 'mapped.stage_id',
            'entered_at': 'mapped.entered_at',
            'source_url': 'mapped.source_url',
            'row_is_deleted': 'mapped.is_deleted',
        }
    ) }}
),

final as (
    select
        -- ids
        {{ clean_text('records.opportunity_id') }} as opportunity_id,
        {{ clean_text('records.stage_id') }} as stage_id,
        -- text
        {{ clean_text('records.source_url') }} as source_url,
        -- timestamps
        {{ safe_timestamp('records.entered_at') }} as entered_at,
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
            timestamps=['entered_at'],
        ) }} as lost_values
    from records
)

select * from final
