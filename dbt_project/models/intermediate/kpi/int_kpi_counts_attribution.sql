{{ config(key='opportunity_key', sums=['row_count']) }}

with credits as (
    select * from {{ ref('int_attribution_credits_placed') }}
    where credited_amount_reporting <> 0
),

paid_channels as (
    select * from {{ ref('int_channels_advertised') }}
),

-- a path may come back to a channel: it counts once for it
attributed as (
    select distinct
        'attributed_sales_amount_' || credits.attribution_model as kpi,
        credits.opportunity_key,
        credits.closed_date as component_date,
        scopes.component_scope,
        case when scopes.component_scope = 'channel' then credits.channel end as channel,
        case when scopes.component_scope = 'source' then credits.source end as source,
        case when scopes.component_scope = 'campaign' then credits.campaign end as campaign,
        case when scopes.component_scope = 'all' then credits.region end as region,
        case when scopes.component_scope = 'all' then credits.segment end as segment,
        case when scopes.component_scope = 'all' then credits.opportunity_type end as opportunity_type,
        case when scopes.component_scope = 'all' then credits.currency end as currency,
        case when scopes.component_scope = 'all' then credits.team end as team,
        case when scopes.component_scope = 'all' then credits.sales_rep end as sales_rep
    from credits
    cross join (values ('all'), ('channel'), ('source'), ('campaign')) as scopes (component_scope)
),

returned as (
    select distinct
        'roas_' || credits.attribution_model as kpi,
        credits.opportunity_key,
        credits.closed_date as component_date,
        scopes.component_scope,
        case when scopes.component_scope = 'channel' then credits.channel end as channel,
        case when scopes.component_scope = 'campaign' then credits.campaign end as campaign
    from credits
    inner join paid_channels
        on credits.channel = paid_channels.channel
    cross join (values ('total'), ('channel'), ('campaign')) as scopes (component_scope)
),

counted as (
    select
        kpi, component_date, component_scope, channel, source, campaign, region, segment, opportunity_type, currency,
        team, sales_rep
    from attributed
    union all
    select
        kpi, component_date, component_scope, channel, null as source, campaign, null as region, null as segment,
        null as opportunity_type, null as currency, null as team, null as sales_rep
    from returned
),

final as (
    select
        kpi,
        component_date,
        component_scope,
        channel,
        source,
        campaign,
        region,
        segment,
        opportunity_type,
        currency,
        team,
        sales_rep,
        count(*) as row_count
    from counted
    group by
        kpi, component_date, component_scope, channel, source, campaign, region, segment, opportunity_type, currency,
        team, sales_rep
)

select * from final
