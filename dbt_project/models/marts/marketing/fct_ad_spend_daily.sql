with ad_spend as (
    select * from {{ ref('int_ad_spend_unioned') }}
),

cost_lines as (
    select * from {{ ref('int_cost_lines_unioned') }}
),

campaigns as (
    select * from {{ ref('dim_campaigns') }}
),

final as (
    select
        cost_lines.cost_line_key as ad_spend_key,
        ad_spend.source_system,
        ad_spend.spend_date,
        ad_spend.account_time_zone,
        coalesce(campaigns.campaign_key, '(unknown)') as campaign_key,
        ad_spend.campaign_id,
        ad_spend.ad_group_id,
        cost_lines.channel,
        cost_lines.currency_code,
        ad_spend.spend_amount,
        cost_lines.amount_reporting as spend_amount_reporting,
        cast(ad_spend.impressions as bigint) as impressions_count,
        cast(ad_spend.clicks as bigint) as clicks_count,
        ad_spend.platform_conversions as platform_conversions_count,
        coalesce(ad_spend.account_time_zone <> '{{ var("reporting_timezone") }}', true) as is_in_account_zone,
        campaigns.source_url
    from ad_spend
    inner join cost_lines
        on ad_spend.source_system = cost_lines.source_system
        and ad_spend.record_id = cost_lines.record_id
        and cost_lines.cost_source = 'ad_platform'
    left join campaigns
        on ad_spend.source_system = campaigns.source_system
        and ad_spend.campaign_id = campaigns.campaign_id
)

select * from final
