{{ config(unique_key=['source_system', 'record_id']) }}

with records as (
    {{ record_versions(
        source('raw_zendesk', 'satisfaction_ratings'),
        {
            'ticket': 'ticket_id',
            'assignee': 'assignee_id',
            'agent_group': 'group_id',
            'score': 'score',
            'created_at': 'created_at',
            'changed_at': 'updated_at',
        },
        source_system='zendesk'
    ) }}
),

final as (
    select
        -- ids
        records.record_id as satisfaction_rating_id,
        records.ticket as ticket_id,
        records.assignee as assignee_id,
        records.agent_group as group_id,
        -- text
        records.score,
        -- timestamps
        {{ safe_timestamp('records.created_at') }} as created_at,
        {{ safe_timestamp('records.changed_at') }} as changed_at,
        -- pipeline
        records.source_system,
        records.record_id,
        records.updated_at,
        records.is_deleted,
        records.extracted_at,
        records.batch_id,
        records.load_seq,
        records.payload_hash,
        {{ lost_values('records', timestamps=['created_at', 'changed_at']) }} as lost_values
    from records
)

select * from final
