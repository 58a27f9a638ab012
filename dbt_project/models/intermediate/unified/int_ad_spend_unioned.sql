with files_ad_spend as (
    select * from {{ ref('int_files_ad_spend_mapped') }}
),

google_ads_ad_spend as (
    select * from {{ ref('int_google_ads_ad_spend_mapped') }}
),

final as (
    select
        files_ad_spend.spend_date,
        files_ad_spend.campaign_id,
        files_ad_spend.ad_group_id,
        files_ad_spend.spend_amount,
        files_ad_spend.currency_code,
        files_ad_spend.impressions,
        files_ad_spend.clicks,
        files_ad_spend.platform_conversions,
        files_ad_spend.account_time_zone,
        files_ad_spend.source_system,
        files_ad_spend.record_id,
        files_ad_spend.updated_at,
        files_ad_spend.is_deleted,
        files_ad_spend.source_url
    from files_ad_spend
    union all
    select
        google_ads_ad_spend.spend_date,
        google_ads_ad_spend.campaign_id,
        google_ads_ad_spend.ad_group_id,
        google_ads_ad_spend.spend_amount,
        google_ads_ad_spend.currency_code,
        google_ads_ad_spend.impressions,
        google_ads_ad_spend.clicks,
        google_ads_ad_spend.platform_conversions,
        google_ads_ad_spend.account_time_zone,
        google_ads_ad_spend.source_system,
        google_ads_ad_spend.record_id,
        google_ads_ad_spend.updated_at,
        google_ads_ad_spend.is_deleted,
        google_ads_ad_spend.source_url
    from google_ads_ad_spend
)

select * from final
