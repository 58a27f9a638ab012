with files_campaigns as (
    select * from {{ ref('int_files_campaigns_mapped') }}
),

google_ads_campaigns as (
    select * from {{ ref('int_google_ads_campaigns_mapped') }}
),

final as (
    select
        files_campaigns.campaign_id,
        files_campaigns.campaign_name,
        files_campaigns.channel,
        files_campaigns.source_system,
        files_campaigns.record_id,
        files_campaigns.updated_at,
        files_campaigns.is_deleted,
        files_campaigns.source_url
    from files_campaigns
    union all
    select
        google_ads_campaigns.campaign_id,
        google_ads_campaigns.campaign_name,
        google_ads_campaigns.channel,
        google_ads_campaigns.source_system,
        google_ads_campaigns.record_id,
        google_ads_campaigns.updated_at,
        google_ads_campaigns.is_deleted,
        google_ads_campaigns.source_url
    from google_ads_campaigns
)

select * from final
