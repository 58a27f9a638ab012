{{ config(unique_key=['source_system', 'record_id']) }}

with records as (
    {{ latest_records(
        source('raw_zendesk', 'organizations'),
        {
            'name': 'name',
            'external': 'external_id',
            'domain_names': 'domain_names',
            'url': 'url',
            'created_at': 'created_at',
        },
        source_system='zendesk'
    ) }}
),

final as (
    select
        -- ids
        records.record_id as organization_id,
        {{ clean_text('records.external') }} as external_id,
        -- text
        {{ clean_text('records.name') }} as organization_name,
        records.domain_names,
        records.url,
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
