{{ config(key='record_id') }}

with files_lead_events as (
    select * from {{ ref('stg_files__lead_events') }}
),

hubspot_lead_events as (
    select * from {{ ref('int_hubspot_lead_events_mapped') }}
),

final as (
    select
        files_lead_events.lead_event_id,
        files_lead_events.lead_id,
        files_lead_events.event_type,
        files_lead_events.occurred_at,
        files_lead_events.sales_rep_id,
        files_lead_events.source_system,
        files_lead_events.record_id,
        files_lead_events.updated_at,
        files_lead_events.is_deleted,
        files_lead_events.source_url
    from files_lead_events
    union all
    select
        hubspot_lead_events.lead_event_id,
        hubspot_lead_events.lead_id,
        hubspot_lead_events.event_type,
        hubspot_lead_events.occurred_at,
        hubspot_lead_events.sales_rep_id,
        hubspot_lead_events.source_system,
        hubspot_lead_events.record_id,
        hubspot_lead_events.updated_at,
        hubspot_lead_events.is_deleted,
        hubspot_lead_events.source_url
    from hubspot_lead_events
)

select * from final
