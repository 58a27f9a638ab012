{{ config(unique_key=['source_system', 'record_id']) }}

with records as (
    {{ latest_records(
        source('raw_files', 'opportunity_accounts'),
        {
            'opportunity_id': 'mapped.opportunity_id',
            'account_id': 'mapped.account_id',
            'is_primary': 'mapped.is_primary',
            'source_url': 'mapped.source_url',
            'row_is_deleted': 'mapped.is_deleted',
        }
    ) }}
),

final as (
    select
        -- ids
        {{ clean_text('records.opportunity_id') }} as opportunity_id,
        {{ clean_text('records.account_id') }} as account_id,
        -- text
        {{ clean_text('records.source_url') }} as source_url,
        -- booleans
        {{ safe_boolean('records.is_primary') }} as is_primary,
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
            booleans=['is_primary', 'row_is_deleted'],
        ) }} as lost_values
    from records
)

select * from final
