{{ config(unique_key=['source_system', 'record_id']) }}

with records as (
    {{ latest_records(
        source('raw_files', 'record_merges'),
        {
            'entity': 'mapped.entity',
            'merged_id': 'mapped.merged_id',
            'survivor_id': 'mapped.survivor_id',
            'merged_at': 'mapped.merged_at',
            'source_url': 'mapped.source_url',
            'row_is_deleted': 'mapped.is_deleted',
        }
    ) }}
),

final as (
    select
        -- ids
        {{ clean_text('records.merged_id') }} as merged_id,
        {{ clean_text('records.survivor_id') }} as survivor_id,
        -- text
        {{ clean_text('records.entity') }} as entity,
        {{ clean_text('records.source_url') }} as source_url,
        -- timestamps
        coalesce({{ safe_timestamp('records.merged_at') }}, records.updated_at) as merged_at,
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
            timestamps=['merged_at'],
        ) }} as lost_values
    from records
)

select * from final
