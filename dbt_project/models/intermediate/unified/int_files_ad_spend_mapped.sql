{{ config(materialized='view') }}

with files_ad_spend as (
    select * from {{ ref('stg_files__ad_spend') }}
),

campaign_names as (
    select * from {{ ref('int_files_names_resolved') }}
    where entity = 'campaigns'
),

final as (
    select
        files_ad_spend.spend_date,
        coalesce(files_ad_spend.campaign_id, campaign_names.resolved_id) as campaign_id,
        files_ad_spend.ad_group_id,
        files_ad_spend.spend_amount,
        files_ad_spend.currency_code,
        files_ad_spend.impressions,
        files_ad_spend.clicks,
        files_ad_spend.platform_conversions,
        cast(null as {{ dbt.type_string() }}) as account_time_zone,
        files_ad_spend.source_system,
        files_ad_spend.record_id,
        files_ad_spend.updated_at,
        files_ad_spend.is_deleted,
        files_ad_spend.source_url
    from files_ad_spend
    left join campaign_names
        on
            files_ad_spend.source_system = campaign_names.source_system
            and {{ comparable_text('files_ad_spend.campaign_name') }} = campaign_names.name_key
)

select * from final
