{{ config(key='opportunity_id') }}

with files_opportunities as (
    select * from {{ ref('int_files_opportunities_mapped') }}
),

hubspot_opportunities as (
    select * from {{ ref('int_hubspot_opportunities_mapped') }}
),

final as (
    select
        files_opportunities.opportunity_id,
        files_opportunities.opportunity_name,
        files_opportunities.account_id,
        files_opportunities.lead_id,
        files_opportunities.pipeline_id,
        files_opportunities.stage,
        files_opportunities.opportunity_type,
        files_opportunities.amount,
        files_opportunities.currency_code,
        files_opportunities.amount_crm_reporting,
        files_opportunities.probability,
        files_opportunities.forecast_category,
        files_opportunities.created_at,
        files_opportunities.expected_close_date,
        files_opportunities.closed_at,
        files_opportunities.owner_sales_rep_id,
        files_opportunities.campaign_id,
        files_opportunities.source,
        files_opportunities.lost_reason,
        files_opportunities.next_step,
        files_opportunities.source_system,
        files_opportunities.record_id,
        files_opportunities.updated_at,
        files_opportunities.is_deleted,
        files_opportunities.source_url
    from files_opportunities
    union all
    select
        hubspot_opportunities.opportunity_id,
        hubspot_opportunities.opportunity_name,
        hubspot_opportunities.account_id,
        hubspot_opportunities.lead_id,
        hubspot_opportunities.pipeline_id,
        hubspot_opportunities.stage,
        hubspot_opportunities.opportunity_type,
        hubspot_opportunities.amount,
        hubspot_opportunities.currency_code,
        hubspot_opportunities.amount_crm_reporting,
        hubspot_opportunities.probability,
        hubspot_opportunities.forecast_category,
        hubspot_opportunities.created_at,
        hubspot_opportunities.expected_close_date,
        hubspot_opportunities.closed_at,
        hubspot_opportunities.owner_sales_rep_id,
        hubspot_opportunities.campaign_id,
        hubspot_opportunities.source,
        hubspot_opportunities.lost_reason,
        hubspot_opportunities.next_step,
        hubspot_opportunities.source_system,
        hubspot_opportunities.record_id,
        hubspot_opportunities.updated_at,
        hubspot_opportunities.is_deleted,
        hubspot_opportunities.source_url
    from hubspot_opportunities
)

select * from final
