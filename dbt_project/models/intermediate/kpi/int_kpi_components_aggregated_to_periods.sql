with components as (
    select * from {{ ref('int_kpi_components_unioned') }}
),

by_month as (
    select
        kpi,
        {{ month_start('component_date') }} as month_start_date,
        channel, region, segment, team, sales_rep, ticket_channel, agent_group,
        component_scope,
        sum(numerator) as numerator,
        sum(denominator) as denominator
    from components
    group by
        kpi,
        {{ month_start('component_date') }},
        channel, region, segment, team, sales_rep, ticket_channel, agent_group,
        component_scope
),

by_member as (
    select kpi, month_start_date, 'total' as dimension, 'all' as member,
        sum(numerator) as numerator, sum(denominator) as denominator
    from by_month
    where component_scope in ('all', 'total')
    group by kpi, month_start_date
    union all
    select kpi, month_start_date, 'channel' as dimension, channel as member,
        sum(numerator) as numerator, sum(denominator) as denominator
    from by_month
    where channel is not null and component_scope in ('all', 'channel')
    group by kpi, month_start_date, channel
    union all
    select kpi, month_start_date, 'region' as dimension, region as member,
        sum(numerator) as numerator, sum(denominator) as denominator
    from by_month
    where region is not null and component_scope in ('all', 'region')
    group by kpi, month_start_date, region
    union all
    select kpi, month_start_date, 'segment' as dimension, segment as member,
        sum(numerator) as numerator, sum(denominator) as denominator
    from by_month
    where segment is not null and component_scope in ('all', 'segment')
    group by kpi, month_start_date, segment
    union all
    select kpi, month_start_date, 'team' as dimension, team as member,
        sum(numerator) as numerator, sum(denominator) as denominator
    from by_month
    where team is not null and component_scope in ('all', 'team')
    group by kpi, month_start_date, team
    union all
    select kpi, month_start_date, 'sales_rep' as dimension, sales_rep as member,
        sum(numerator) as numerator, sum(denominator) as denominator
    from by_month
    where sales_rep is not null and component_scope in ('all', 'sales_rep')
    group by kpi, month_start_date, sales_rep
    union all
    select kpi, month_start_date, 'ticket_channel' as dimension, ticket_channel as member,
        sum(numerator) as numerator, sum(denominator) as denominator
    from by_month
    where ticket_channel is not null and component_scope in ('all', 'ticket_channel')
    group by kpi, month_start_date, ticket_channel
    union all
    select kpi, month_start_date, 'agent_group' as dimension, agent_group as member,
        sum(numerator) as numerator, sum(denominator) as denominator
    from by_month
    where agent_group is not null and component_scope in ('all', 'agent_group')
    group by kpi, month_start_date, agent_group
),

by_period as (
    select
        'month' as period_grain,
        month_start_date as period_start_date,
        kpi,
        dimension,
        member,
        numerator,
        denominator
    from by_member
    union all
    select
        'quarter' as period_grain,
        {{ quarter_start('month_start_date') }} as period_start_date,
        kpi,
        dimension,
        member,
        numerator,
        denominator
    from by_member
),

final as (
    select
        kpi,
        period_grain,
        period_start_date,
        dimension,
        member,
        cast(sum(numerator) as decimal(38, 6)) as numerator,
        cast(sum(denominator) as decimal(38, 6)) as denominator
    from by_period
    group by kpi, period_grain, period_start_date, dimension, member
)

select * from final
