{{ config(key='record_id') }}

with files_leads as (
    select * from {{ ref('int_files_leads_mapped') }}
),

hubspot_leads as (
    select * from {{ ref('int_hubspot_leads_mapped') }}
),

zendesk_leads as (
    select * from {{ ref('int_zendesk_leads_mapped') }}
),

final as (
    select
        files_leads.lead_id,
        files_leads.email,
        cast(null as {{ dbt.type_string() }}) as additional_emails,
        files_leads.account_id,
        files_leads.created_at,
        files_leads.source,
        files_leads.source_detail,
        files_leads.campaign_id,
        files_leads.country_code,
        files_leads.region,
        files_leads.segment,
        files_leads.owner_sales_rep_id,
        files_leads.is_lead,
        files_leads.source_system,
        files_leads.record_id,
        files_leads.updated_at,
        files_leads.is_deleted,
        files_leads.source_url
    from files_leads
    union all
    select
        hubspot_leads.lead_id,
        hubspot_leads.email,
        hubspot_leads.additional_emails,
        hubspot_leads.account_id,
        hubspot_leads.created_at,
        hubspot_leads.source,
        hubspot_leads.source_detail,
        hubspot_leads.campaign_id,
        hubspot_leads.country_code,
        hubspot_leads.region,
        hubspot_leads.segment,
        hubspot_leads.owner_sales_rep_id,
        hubspot_leads.is_lead,
        hubspot_leads.source_system,
        hubspot_leads.record_id,
        hubspot_leads.updated_at,
        hubspot_leads.is_deleted,
        hubspot_leads.source_url
    from hubspot_leads
    union all
    select
        zendesk_leads.lead_id,
        zendesk_leads.email,
        cast(null as {{ dbt.type_string() }}) as additional_emails,
        zendesk_leads.account_id,
        zendesk_leads.created_at,
        zendesk_leads.source,
        zendesk_leads.source_detail,
        zendesk_leads.campaign_id,
        zendesk_leads.country_code,
        zendesk_leads.region,
        zendesk_leads.segment,
        zendesk_leads.owner_sales_rep_id,
        zendesk_leads.is_lead,
        zendesk_leads.source_system,
        zendesk_leads.record_id,
        zendesk_leads.updated_at,
        zendesk_leads.is_deleted,
        zendesk_leads.source_url
    from zendesk_leads
)

select * from final
