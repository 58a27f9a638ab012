{{ config(materialized='view') }}

with files_costs as (
    select * from {{ ref('stg_files__costs') }}
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
        files_costs.cost_id,
        files_costs.cost_date,
        files_costs.category,
        coalesce(
            files_costs.cac_level,
            case
                when files_costs.category = 'media_offline' then 'paid'
                when files_costs.category = 'media_online' and run_parameters.media_is_in_ad_spend
                    then 'none'
                when files_costs.category = 'media_online' then 'paid'
                when files_costs.category in ('customer_success', 'cogs') then 'none'
                when files_costs.category = 'overhead' then 'loaded'
                else 'direct'
            end
        ) as cac_level,
        files_costs.channel,
        coalesce(files_costs.campaign_id, campaign_names.resolved_id) as campaign_id,
        files_costs.region,
        files_costs.segment,
        files_costs.team,
        files_costs.amount,
        files_costs.currency_code,
        files_costs.allocation_ratio,
        files_costs.source_system,
        files_costs.record_id,
        files_costs.updated_at,
        files_costs.is_deleted,
        files_costs.source_url
    from files_costs
    left join campaign_names
        on
            files_costs.source_system = campaign_names.source_system
            and {{ comparable_text('files_costs.campaign_name') }} = campaign_names.name_key
    cross join run_parameters
)

select * from final
