{{ config(key='record_id') }}

with files_tickets as (
    select * from {{ ref('int_files_tickets_mapped') }}
),

hubspot_tickets as (
    select * from {{ ref('int_hubspot_tickets_mapped') }}
),

zendesk_tickets as (
    select * from {{ ref('int_zendesk_tickets_mapped') }}
),

final as (
    select
        files_tickets.ticket_id,
        files_tickets.account_id,
        files_tickets.lead_id,
        files_tickets.created_at,
        files_tickets.ticket_channel,
        files_tickets.opened_by,
        files_tickets.priority,
        files_tickets.topic,
        files_tickets.agent_id,
        files_tickets.agent_group,
        files_tickets.schedule_id,
        files_tickets.merged_into_ticket_id,
        files_tickets.vendor_first_reply_minutes,
        files_tickets.vendor_full_resolution_minutes,
        files_tickets.source_system,
        files_tickets.record_id,
        files_tickets.updated_at,
        files_tickets.is_deleted,
        files_tickets.source_url
    from files_tickets
    union all
    select
        hubspot_tickets.ticket_id,
        hubspot_tickets.account_id,
        hubspot_tickets.lead_id,
        hubspot_tickets.created_at,
        hubspot_tickets.ticket_channel,
        hubspot_tickets.opened_by,
        hubspot_tickets.priority,
        hubspot_tickets.topic,
        hubspot_tickets.agent_id,
        hubspot_tickets.agent_group,
        hubspot_tickets.schedule_id,
        hubspot_tickets.merged_into_ticket_id,
        hubspot_tickets.vendor_first_reply_minutes,
        hubspot_tickets.vendor_full_resolution_minutes,
        hubspot_tickets.source_system,
        hubspot_tickets.record_id,
        hubspot_tickets.updated_at,
        hubspot_tickets.is_deleted,
        hubspot_tickets.source_url
    from hubspot_tickets
    union all
    select
        zendesk_tickets.ticket_id,
        zendesk_tickets.account_id,
        zendesk_tickets.lead_id,
        zendesk_tickets.created_at,
        zendesk_tickets.ticket_channel,
        zendesk_tickets.opened_by,
        zendesk_tickets.priority,
        zendesk_tickets.topic,
        zendesk_tickets.agent_id,
        zendesk_tickets.agent_group,
        zendesk_tickets.schedule_id,
        zendesk_tickets.merged_into_ticket_id,
        zendesk_tickets.vendor_first_reply_minutes,
        zendesk_tickets.vendor_full_resolution_minutes,
        zendesk_tickets.source_system,
        zendesk_tickets.record_id,
        zendesk_tickets.updated_at,
        zendesk_tickets.is_deleted,
        zendesk_tickets.source_url
    from zendesk_tickets
)

select * from final
