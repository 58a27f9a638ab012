{{ config(materialized='view') }}

with files_opportunities as (
    select * from {{ ref('stg_files__opportunities') }}
),

account_names as (
    select * from {{ ref('int_files_names_resolved') }}
    where entity = 'accounts'
),

owner_names as (
    select * from {{ ref('int_files_names_resolved') }}
    where entity = 'sales_reps'
),

campaign_names as (
    select * from {{ ref('int_files_names_resolved') }}
    where entity = 'campaigns'
),

run_parameters as (
    select * from {{ ref('int_run_parameters') }}
),

final as (
    select
        files_opportunities.opportunity_id,
        files_opportunities.opportunity_name,
        coalesce(files_opportunities.account_id, account_names.resolved_id) as account_id,
        files_opportunities.lead_id,
        files_opportunities.pipeline_id,
        files_opportunities.stage,
        files_opportunities.opportunity_type,
        files_opportunities.amount,
        coalesce(
            files_opportunities.currency_code, run_parameters.reporting_currency
        ) as currency_code,
        files_opportunities.amount_crm_reporting,
        files_opportunities.probability,
        files_opportunities.forecast_category,
        files_opportunities.created_at,
        files_opportunities.expected_close_date,
        files_opportunities.closed_at,
        coalesce(files_opportunities.owner_sales_rep_id, owner_names.resolved_id) as owner_sales_rep_id,
        coalesce(files_opportunities.campaign_id, campaign_names.resolved_id) as campaign_id,
        files_opportunities.source,
        files_opportunities.lost_reason,
        files_opportunities.next_step,
        files_opportunities.source_system,
        files_opportunities.record_id,
        files_opportunities.updated_at,
        files_opportunities.is_deleted,
        files_opportunities.source_url
    from files_opportunities
    left join account_names
        on
            files_opportunities.source_system = account_names.source_system
            and {{ comparable_text('files_opportunities.account_name') }} = account_names.name_key
    left join owner_names
        on
            files_opportunities.source_system = owner_names.source_system
            and {{ comparable_text('files_opportunities.owner_name') }} = owner_names.name_key
    left join campaign_names
        on
            files_opportunities.source_system = campaign_names.source_system
            and {{ comparable_text('files_opportunities.campaign_name') }} = campaign_names.name_key
    cross join run_parameters
)

select * from final
