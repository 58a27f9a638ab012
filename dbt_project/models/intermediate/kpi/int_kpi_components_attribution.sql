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

run_parameters as (
    select * from {{ ref('int_run_parameters') }}
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

-- the return on advertising is the credit that paid channels have by the headline model
returned as (
    select
        credits.closed_date as component_date,
        credits.channel,
        credits.campaign,
        credits.credited_amount_reporting as numerator,
        0 as denominator
    from credits
    inner join paid_channels
        on credits.channel = paid_channels.channel
    inner join run_parameters
        on credits.attribution_model = run_parameters.attribution_model
    union all
    select
        cost_date as component_date,
        coalesce(channel, '(unknown)') as channel,
        coalesce(campaign_id, '(unknown)') as campaign,
        0 as numerator,
        shared_amount_reporting as denominator
    from cost_lines
    where cac_level = 'paid'
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
        'roas' as kpi,
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
    group by component_date, channel, campaign
)

select * from final
