with files_ad_spend as (
    select * from {{ ref('int_files_ad_spend_mapped') }}
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
        files_ad_spend.source_system,
        files_ad_spend.record_id,
        files_ad_spend.updated_at,
        files_ad_spend.is_deleted,
        files_ad_spend.source_url
    from files_ad_spend
)

select * from final
