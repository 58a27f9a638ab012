with cost_lines as (
    select * from {{ ref('int_cost_lines_unioned') }}
),

ad_spend as (
    select * from {{ ref('int_ad_spend_unioned') }}
),

paid as (
    select
        source_system,
        cost_source,
        record_id,
        cost_date,
        coalesce(channel, '(unknown)') as channel,
        coalesce(campaign_id, '(unknown)') as campaign,
        currency_code as currency,
        shared_amount_reporting
    from cost_lines
    where cac_level = 'paid'
),

measured as (
    select
        'marketing_spend_amount' as kpi,
        cost_date,
        channel,
        campaign,
        currency,
        shared_amount_reporting as numerator
    from paid
    union all
    select
        kpis.kpi,
        paid.cost_date,
        paid.channel,
        paid.campaign,
        null as currency,
        case kpis.kpi when 'impressions' then ad_spend.impressions else ad_spend.clicks end as numerator
    from paid
    inner join ad_spend
        on paid.source_system = ad_spend.source_system
        and paid.record_id = ad_spend.record_id
        and paid.cost_source = 'ad_platform'
    cross join (values ('impressions'), ('clicks')) as kpis (kpi)
),

final as (
    select
        kpi,
        cost_date as component_date,
        channel,
        campaign,
        currency,
        cast(sum(coalesce(numerator, 0)) as decimal(38, 6)) as numerator,
        cast(null as decimal(38, 6)) as denominator,
        count(*) as fact_count,
        'all' as component_scope
    from measured
    group by kpi, cost_date, channel, campaign, currency
)

select * from final
