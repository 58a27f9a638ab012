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
            'replies': 'metric_set.replies',
            'reply_minutes': 'metric_set.reply_time_in_minutes.business',
            'resolution_minutes': 'metric_set.full_resolution_time_in_minutes.business',
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
        -- numbers
        {{ safe_integer('records.replies') }} as reply_count,
        {{ safe_integer('records.reply_minutes') }} as reply_business_minutes,
        {{ safe_integer('records.resolution_minutes') }} as full_resolution_business_minutes,
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
        {{ lost_values(
            'records',
            integers=['replies', 'reply_minutes', 'resolution_minutes'],
            timestamps=['created_at'],
        ) }} as lost_values
    from records
)

select * from final
