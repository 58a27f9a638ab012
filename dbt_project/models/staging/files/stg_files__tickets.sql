{{ config(unique_key=['source_system', 'record_id']) }}

with records as (
    {{ latest_records(
        source('raw_files', 'tickets'),
        {
            'ticket_id': 'mapped.ticket_id',
            'account_id': 'mapped.account_id',
            'lead_id': 'mapped.lead_id',
            'created_at': 'mapped.created_at',
            'ticket_channel': 'mapped.ticket_channel',
            'opened_by': 'mapped.opened_by',
            'priority': 'mapped.priority',
            'topic': 'mapped.topic',
            'agent_id': 'mapped.agent_id',
            'agent_group': 'mapped.agent_group',
            'schedule_id': 'mapped.schedule_id',
            'merged_into_ticket_id': 'mapped.merged_into_ticket_id',
            'vendor_first_reply_minutes': 'mapped.vendor_first_reply_minutes',
            'vendor_full_resolution_minutes': 'mapped.vendor_full_resolution_minutes',
            'account_name': 'mapped.account_name',
            'source_url': 'mapped.source_url',
            'row_is_deleted': 'mapped.is_deleted',
        }
    ) }}
),

final as (
    select
        -- ids
        {{ clean_text('records.ticket_id') }} as ticket_id,
        {{ clean_text('records.account_id') }} as account_id,
        {{ clean_text('records.lead_id') }} as lead_id,
        {{ clean_text('records.agent_id') }} as agent_id,
        coalesce({{ clean_text('records.schedule_id') }}, 'default') as schedule_id,
        {{ clean_text('records.merged_into_ticket_id') }} as merged_into_ticket_id,
        -- text
        {{ clean_text('records.ticket_channel') }} as ticket_channel,
        {{ clean_text('records.opened_by') }} as opened_by,
        {{ clean_text('records.priority') }} as priority,
        {{ clean_text('records.topic') }} as topic,
        {{ clean_text('records.agent_group') }} as agent_group,
        {{ clean_text('records.account_name') }} as account_name,
        {{ clean_text('records.source_url') }} as source_url,
        -- numbers
        {{ safe_integer('records.vendor_first_reply_minutes') }} as vendor_first_reply_minutes,
        {{ safe_integer('records.vendor_full_resolution_minutes') }} as vendor_full_resolution_minutes,
        -- timestamps
        {{ safe_timestamp('records.created_at') }} as created_at,
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
            integers=['vendor_first_reply_minutes', 'vendor_full_resolution_minutes'],
            booleans=['row_is_deleted'],
            timestamps=['created_at'],
        ) }} as lost_values
    from records
)

select * from final
