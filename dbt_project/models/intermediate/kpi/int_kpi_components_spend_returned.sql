with credits as (
    select * from {{ ref('int_attribution_credits_placed') }}
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

-- the return on advertising is the credit that paid channels have by the headline model
measured as (
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
    where credits.credited_amount_reporting <> 0
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
        'roas' as kpi,
        component_date,
        channel,
        campaign,
        cast(sum(numerator) as decimal(38, 6)) as numerator,
        cast(sum(denominator) as decimal(38, 6)) as denominator,
        'all' as component_scope
    from measured
    group by component_date, channel, campaign
)

select * from final
