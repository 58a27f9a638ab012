{{ config(unique_key=['source_system', 'record_id']) }}

with records as (
    {{ latest_records(
        source('raw_files', 'opportunity_changes'),
        {
            'opportunity_id': 'mapped.opportunity_id',
            'field': 'mapped.field',
            'value': 'mapped.value',
            'changed_at': 'mapped.changed_at',
            'source_url': 'mapped.source_url',
            'row_is_deleted': 'mapped.is_deleted',
        }
    ) }}
),

final as (
    select
        -- ids
        {{ clean_text('records.opportunity_id') }} as opportunity_id,
        -- text
        {{ clean_text('records.field') }} as field,
        {{ clean_text('records.value') }} as value,
        {{ clean_text('records.source_url') }} as source_url,
        -- timestamps
        {{ safe_timestamp('records.changed_at') }} as changed_at,
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
            timestamps=['changed_at'],
        ) }} as lost_values
    from records
)

select * from final
