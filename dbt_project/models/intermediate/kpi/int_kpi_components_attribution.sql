with credits as (
    select * from {{ ref('int_attribution_credits_split') }}
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
    -- the return on advertising is the credit that paid channels have
    select
        'roas_' || credits.attribution_model as kpi,
        credits.closed_date as component_date,
        credits.channel,
        credits.credited_amount_reporting as numerator,
        0 as denominator
    from credits
    inner join paid_channels
        on credits.channel = paid_channels.channel
    where credits.credited_amount_reporting <> 0
    union all
    select
        'roas_' || models.attribution_model as kpi,
        cost_lines.cost_date as component_date,
        coalesce(cost_lines.channel, '(unknown)') as channel,
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
        cast(sum(numerator) as decimal(38, 6)) as numerator,
        cast(sum(denominator) as decimal(38, 6)) as denominator,
        'all' as component_scope
    from measured
    group by kpi, component_date, channel
)

select * from final
