with credits as (
    select * from {{ ref('int_attribution_credits_placed') }}
    where credited_amount_reporting <> 0
),

cost_lines as (
    select * from {{ ref('int_cost_lines_unioned') }}
),

paid_channels as (
    select * from {{ ref('int_channels_advertised') }}
),

models (attribution_model) as (
    values ('first_touch'), ('last_touch'), ('linear'), ('position_based'), ('time_decay')
),

attributed as (
    select
        'attributed_sales_amount_' || attribution_model as kpi,
        closed_date as component_date,
        channel,
        source,
        campaign,
        region,
        segment,
        opportunity_type,
        currency,
        team,
        sales_rep,
        sum(credited_amount_reporting) as numerator
    from credits
    group by
        attribution_model, closed_date, channel, source, campaign, region, segment, opportunity_type, currency, team,
        sales_rep
),

-- the return on advertising is the credit that paid channels have, by every model
returned as (
    select
        'roas_' || credits.attribution_model as kpi,
        credits.closed_date as component_date,
        credits.channel,
        credits.campaign,
        credits.credited_amount_reporting as numerator,
        0 as denominator
    from credits
    inner join paid_channels
        on credits.channel = paid_channels.channel
    union all
    select
        'roas_' || models.attribution_model as kpi,
        cost_lines.cost_date as component_date,
        coalesce(cost_lines.channel, '(unknown)') as channel,
        coalesce(cost_lines.campaign_id, '(unknown)') as campaign,
        0 as numerator,
        cost_lines.shared_amount_reporting as denominator
    from cost_lines
    cross join models
    where cost_lines.cac_level = 'paid'
),

final as (
    select
        kpi,
        component_date,
        channel,
        source,
        campaign,
        region,
        segment,
        opportunity_type,
        currency,
        team,
        sales_rep,
        cast(numerator as decimal(38, 6)) as numerator,
        cast(null as decimal(38, 6)) as denominator,
        'all' as component_scope
    from attributed
    union all
    select
        kpi,
        component_date,
        channel,
        null as source,
        campaign,
        null as region,
        null as segment,
        null as opportunity_type,
        null as currency,
        null as team,
        null as sales_rep,
        cast(sum(numerator) as decimal(38, 6)) as numerator,
        cast(sum(denominator) as decimal(38, 6)) as denominator,
        'all' as component_scope
    from returned
    group by kpi, component_date, channel, campaign
)

select * from final
