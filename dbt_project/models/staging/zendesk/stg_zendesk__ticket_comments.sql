{{ config(unique_key=['source_system', 'record_id']) }}

with records as (
    {{ latest_records(
        source('raw_zendesk', 'ticket_comments'),
        {
            'audit': 'audit_id',
            'public': 'public',
            'created_at': 'created_at',
        },
        source_system='zendesk'
    ) }}
),

final as (
    select
        -- ids
        records.record_id as comment_id,
        records.audit as audit_id,
        -- booleans
        {{ safe_boolean('records.public') }} as is_public,
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
        {{ lost_values('records', booleans=['public'], timestamps=['created_at']) }} as lost_values
    from records
)

select * from final
