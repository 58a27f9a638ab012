with opportunities as (
    select * from {{ ref('int_kpi_stocks_opportunities') }}
),

revenue as (
    select * from {{ ref('int_kpi_stocks_revenue') }}
),

periods as (
    select * from {{ ref('int_kpi_periods') }}
),

stocks as (
    select
        kpi,
        stock_date,
        channel,
        region,
        segment,
        team,
        sales_rep,
        ticket_channel,
        agent_group,
        numerator,
        denominator
    from opportunities
    union all
    select
        kpi,
        stock_date,
        channel,
        region,
        segment,
        team,
        sales_rep,
        ticket_channel,
        agent_group,
        numerator,
        denominator
    from revenue
),

by_member as (
    select kpi, stock_date, 'total' as dimension, 'all' as member,
        sum(numerator) as numerator, sum(denominator) as denominator
    from stocks
    group by kpi, stock_date
    union all
    select kpi, stock_date, 'channel' as dimension, channel as member,
        sum(numerator) as numerator, sum(denominator) as denominator
    from stocks
    where channel is not null
    group by kpi, stock_date, channel
    union all
    select kpi, stock_date, 'region' as dimension, region as member,
        sum(numerator) as numerator, sum(denominator) as denominator
    from stocks
    where region is not null
    group by kpi, stock_date, region
    union all
    select kpi, stock_date, 'segment' as dimension, segment as member,
        sum(numerator) as numerator, sum(denominator) as denominator
    from stocks
    where segment is not null
    group by kpi, stock_date, segment
    union all
    select kpi, stock_date, 'team' as dimension, team as member,
        sum(numerator) as numerator, sum(denominator) as denominator
    from stocks
    where team is not null
    group by kpi, stock_date, team
    union all
    select kpi, stock_date, 'sales_rep' as dimension, sales_rep as member,
        sum(numerator) as numerator, sum(denominator) as denominator
    from stocks
    where sales_rep is not null
    group by kpi, stock_date, sales_rep
    union all
    select kpi, stock_date, 'ticket_channel' as dimension, ticket_channel as member,
        sum(numerator) as numerator, sum(denominator) as denominator
    from stocks
    where ticket_channel is not null
    group by kpi, stock_date, ticket_channel
    union all
    select kpi, stock_date, 'agent_group' as dimension, agent_group as member,
        sum(numerator) as numerator, sum(denominator) as denominator
    from stocks
    where agent_group is not null
    group by kpi, stock_date, agent_group
),

final as (
    select
        by_member.kpi,
        periods.period_grain,
        periods.period_start_date,
        by_member.dimension,
        by_member.member,
        cast(by_member.numerator as decimal(38, 6)) as numerator,
        cast(by_member.denominator as decimal(38, 6)) as denominator
    from by_member
    inner join periods
        on by_member.stock_date = periods.closing_date
)

select * from final
