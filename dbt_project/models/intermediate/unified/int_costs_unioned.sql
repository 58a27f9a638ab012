with files_costs as (
    select * from {{ ref('int_files_costs_mapped') }}
),

final as (
    select
        files_costs.cost_id,
        files_costs.cost_date,
        files_costs.category,
        files_costs.cac_level,
        files_costs.channel,
        files_costs.campaign_id,
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
)

select * from final
