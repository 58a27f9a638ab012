{{ config(unique_key=['source_system', 'record_id']) }}

with records as (
    {{ latest_records(
        source('raw_zendesk', 'tickets'),
        {
            'organization': 'organization_id',
            'requester': 'requester_id',
            'submitter': 'submitter_id',
            'assignee': 'assignee_id',
            'group_name': 'group_id',
            'status': 'status',
            'priority': 'priority',
            'type': 'type',
            'tags': 'tags',
            'via_channel': 'via.channel',
            'url': 'url',
            'created_at': 'created_at',
        },
        source_system='zendesk'
    ) }}
),

final as (
    select
        -- ids
        records.record_id as ticket_id,
        records.organization as organization_id,
        records.requester as requester_id,
        records.submitter as submitter_id,
        records.assignee as assignee_id,
        records.group_name as group_id,
        -- text
        records.status,
        records.priority,
        records.type as ticket_type,
        records.tags,
        records.via_channel,
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
