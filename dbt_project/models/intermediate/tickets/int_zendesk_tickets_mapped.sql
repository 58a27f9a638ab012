{{ config(key='ticket_id') }}

with tickets as (
    select * from {{ ref('stg_zendesk__tickets') }}
),

value_mappings as (
    select * from {{ ref('stg_meta__value_mappings') }}
),

audit_events as (
    select * from {{ ref('int_zendesk_audit_events_listed') }}
),

schedules as (
    select * from {{ ref('stg_zendesk__schedules') }}
),

tags as (
    {{ list_elements('tickets', 'tags', ['ticket_id']) }}
),

merged_tickets as (
    select distinct ticket_id
    from tags
    where element = 'closed_by_merge'
),

assigned_schedules as (
    select
        ticket_id,
        {{ value_at_max('value', 'created_at') }} as schedule_id
    from audit_events
    where event_type = 'ScheduleAssignment'
        and not is_deleted
    group by ticket_id
),

account_schedules as (
    select {{ value_at_min('schedule_id', "coalesce(created_at, timestamp '1970-01-01')") }} as schedule_id
    from schedules
    where not is_deleted
),

final as (
    select
        tickets.ticket_id,
        tickets.organization_id as account_id,
        tickets.requester_id as lead_id,
        tickets.created_at,
        coalesce(
            value_mappings.unified_value,
            case
                when tickets.via_channel is null then null
                when tickets.via_channel in ('email', 'phone', 'chat', 'web') then tickets.via_channel
                when tickets.via_channel in ('voice', 'sms') then 'phone'
                when tickets.via_channel in ('messaging', 'native_messaging', 'line', 'telegram')
                    then 'chat'
                when tickets.via_channel in ('web_widget', 'web_form', 'help_center', 'mobile_sdk')
                    then 'web'
                when tickets.via_channel in ('twitter', 'facebook', 'whatsapp', 'instagram_dm', 'wechat')
                    then 'social'
                else 'other'
            end
        ) as ticket_channel,
        case when tickets.submitter_id <> tickets.requester_id then 'agent' else 'customer' end
            as opened_by,
        tickets.priority,
        tickets.ticket_type as topic,
        tickets.assignee_id as agent_id,
        tickets.group_id as agent_group,
        coalesce(assigned_schedules.schedule_id, account_schedules.schedule_id, 'default')
            as schedule_id,
        case when merged_tickets.ticket_id is not null then '(unknown)' end as merged_into_ticket_id,
        -- a ticket that nobody replied to may be shown with 0 minutes
        case when coalesce(tickets.reply_count, 1) > 0 then tickets.reply_business_minutes end
            as vendor_first_reply_minutes,
        tickets.full_resolution_business_minutes as vendor_full_resolution_minutes,
        tickets.source_system,
        tickets.record_id,
        tickets.updated_at,
        tickets.is_deleted,
        replace(replace(tickets.url, '/api/v2/', '/agent/'), '.json', '') as source_url
    from tickets
    left join value_mappings
        on value_mappings.source_system = 'zendesk'
        and value_mappings.column_name = 'ticket_channel'
        and {{ comparable_text('tickets.via_channel') }} = {{ comparable_text('value_mappings.source_value') }}
    left join merged_tickets
        on tickets.ticket_id = merged_tickets.ticket_id
    left join assigned_schedules
        on tickets.ticket_id = assigned_schedules.ticket_id
    cross join account_schedules
)

select * from final
