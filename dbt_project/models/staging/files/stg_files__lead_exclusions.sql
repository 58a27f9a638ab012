{{ config(unique_key=['source_system', 'record_id']) }}

with records as (
    {{ latest_records(
        source('raw_files', 'lead_exclusions'),
        {
            'rule_type': 'mapped.rule_type',
            'value': 'mapped.value',
            'reason': 'mapped.reason',
            'source_url': 'mapped.source_url',
            'row_is_deleted': 'mapped.is_deleted',
        }
    ) }}
),

final as (
    select
        -- text
        {{ clean_text('records.rule_type') }} as rule_type,
        {{ clean_text('records.value') }} as value,
        {{ clean_text('records.reason') }} as reason,
        {{ clean_text('records.source_url') }} as source_url,
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
        ) }} as lost_values
    from records
)

select * from final
