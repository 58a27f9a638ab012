with credits as (
    select * from {{ ref('int_attribution_credits_split') }}
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

measured as (
    select
        'attributed_sales_amount_' || attribution_model as kpi,
        closed_date as component_date,
        channel,
        credited_amount_reporting as numerator,
        null as denominator
    from credits
    where credited_amount_reporting <> 0
    union all
    -- the return on advertising is the credit that paid channels have by the headline model
    select
        'roas' as kpi,
        credits.closed_date as component_date,
        credits.channel,
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
        'roas' as kpi,
        cost_date as component_date,
        coalesce(channel, '(unknown)') as channel,
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
        cast(sum(numerator) as decimal(38, 6)) as numerator,
        cast(sum(denominator) as decimal(38, 6)) as denominator,
        'all' as component_scope
    from measured
    group by kpi, component_date, channel
)

select * from final
