{{ config(materialized='view') }}

with files_leads as (
    select * from {{ ref('stg_files__leads') }}
),

account_names as (
    select * from {{ ref('int_files_names_resolved') }}
    where entity = 'accounts'
),

campaign_names as (
    select * from {{ ref('int_files_names_resolved') }}
    where entity = 'campaigns'
),

owner_names as (
    select * from {{ ref('int_files_names_resolved') }}
    where entity = 'sales_reps'
),

final as (
    select
        files_leads.lead_id,
        files_leads.email,
        coalesce(files_leads.account_id, account_names.resolved_id) as account_id,
        files_leads.created_at,
        files_leads.source,
        files_leads.source_detail,
        coalesce(files_leads.campaign_id, campaign_names.resolved_id) as campaign_id,
        files_leads.country_code,
        files_leads.region,
        files_leads.segment,
        coalesce(files_leads.owner_sales_rep_id, owner_names.resolved_id) as owner_sales_rep_id,
        files_leads.is_lead,
        files_leads.source_system,
        files_leads.record_id,
        files_leads.updated_at,
        files_leads.is_deleted,
        files_leads.source_url
    from files_leads
    left join account_names
        on
            files_leads.source_system = account_names.source_system
            and {{ comparable_text('files_leads.account_name') }} = account_names.name_key
    left join campaign_names
        on
            files_leads.source_system = campaign_names.source_system
            and {{ comparable_text('files_leads.campaign_name') }} = campaign_names.name_key
    left join owner_names
        on
            files_leads.source_system = owner_names.source_system
            and {{ comparable_text('files_leads.owner_name') }} = owner_names.name_key
)

select * from final
