{{ config(unique_key=['source_system', 'record_id']) }}

with records as (
    {{ latest_records(
        source('raw_files', 'identity_links'),
        {
            'entity': 'mapped.entity',
            'linked_source_system': 'mapped.source_system',
            'id': 'mapped.id',
            'canonical_source_system': 'mapped.canonical_source_system',
            'canonical_id': 'mapped.canonical_id',
            'reason': 'mapped.reason',
            'source_url': 'mapped.source_url',
            'row_is_deleted': 'mapped.is_deleted',
        }
    ) }}
),

final as (
    select
        -- ids
        {{ clean_text('records.id') }} as id,
        {{ clean_text('records.canonical_id') }} as canonical_id,
        -- text
        {{ clean_text('records.entity') }} as entity,
        {{ clean_text('records.linked_source_system') }} as linked_source_system,
        {{ clean_text('records.canonical_source_system') }} as canonical_source_system,
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
