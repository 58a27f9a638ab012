with campaign_metrics as (
    select * from {{ ref('stg_google_ads__campaign_metrics') }}
),

customers as (
    select * from {{ ref('stg_google_ads__customers') }}
),

only_customer as (
    select
        max(customers.currency_code) as currency_code,
        case when count(distinct customers.time_zone) = 1 then max(customers.time_zone) end as time_zone
    from customers
    where not customers.is_deleted
    having count(distinct customers.currency_code) = 1
),

final as (
    select
        campaign_metrics.spend_date,
        campaign_metrics.campaign_id,
        cast(null as {{ dbt.type_string() }}) as ad_group_id,
        campaign_metrics.cost_amount as spend_amount,
        coalesce(
            campaign_metrics.currency_code, customers.currency_code, only_customer.currency_code
        ) as currency_code,
        campaign_metrics.impressions,
        campaign_metrics.clicks,
        campaign_metrics.conversions as platform_conversions,
        coalesce(customers.time_zone, only_customer.time_zone) as account_time_zone,
        campaign_metrics.source_system,
        campaign_metrics.record_id,
        campaign_metrics.updated_at,
        campaign_metrics.is_deleted,
        cast(null as {{ dbt.type_string() }}) as source_url
    from campaign_metrics
    left join customers
        on campaign_metrics.customer_id = customers.customer_id
    left join only_customer
        on true
)

select * from final
