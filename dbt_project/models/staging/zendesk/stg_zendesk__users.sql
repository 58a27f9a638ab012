{{ config(unique_key=['source_system', 'record_id']) }}

with records as (
    {{ latest_records(
        source('raw_zendesk', 'users'),
        {
            'organization': 'organization_id',
            'email': 'email',
            'role': 'role',
            'created_at': 'created_at',
        },
        source_system='zendesk'
    ) }}
),

final as (
    select
        -- ids
        records.record_id as user_id,
        records.organization as organization_id,
        -- text
        {{ clean_text('records.email') }} as email,
        records.role,
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
