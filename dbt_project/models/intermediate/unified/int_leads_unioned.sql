with files_leads as (
    select * from {{ ref('int_files_leads_mapped') }}
),

final as (
    select
        files_leads.lead_id,
        files_leads.email,
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
)

select * from final
