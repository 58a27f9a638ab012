{{ config(severity='warn') }}
-- Campaigns of the configuration that no source has: what they brought stands beside their spend, not over it.
with value_mappings as (
    select * from {{ ref('stg_meta__value_mappings') }}
    where column_name = 'campaign_id'
),

campaigns as (
    select distinct campaign_id
    from {{ ref('int_campaigns_unioned') }}
)

select distinct
    value_mappings.source_system,
    value_mappings.source_value as campaign_name,
    value_mappings.unified_value as campaign_id
from value_mappings
left join campaigns
    on value_mappings.unified_value = campaigns.campaign_id
where campaigns.campaign_id is null
