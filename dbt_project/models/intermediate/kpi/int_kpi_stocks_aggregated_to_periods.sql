with opportunities as (
    select * from {{ ref('int_kpi_stocks_opportunities') }}
),

revenue as (
    select * from {{ ref('int_kpi_stocks_revenue') }}
),

service as (
    select * from {{ ref('int_kpi_stocks_service') }}
),

periods as (
    select * from {{ ref('int_kpi_periods') }}
),

stocks as (
    {{ with_all_dimensions(
        'revenue',
        ['channel', 'region', 'segment'],
        keep=['kpi', 'stock_date', 'numerator', 'denominator', 'fact_count']
    ) }}
    union all
    {{ with_all_dimensions(
        'service',
        ['region', 'segment', 'ticket_channel', 'agent_group'],
        keep=['kpi', 'stock_date', 'numerator', 'denominator', '0 as fact_count']
    ) }}
),

by_member as (
    {{ rows_by_member('stocks', ['kpi', 'stock_date', 'numerator', 'denominator', 'fact_count']) }}
    union all
    select
        kpi,
        stock_date,
        numerator,
        null as denominator,
        row_count as fact_count,
        dimension,
        member
    from opportunities
),

final as (
    select
        by_member.kpi,
        periods.period_grain,
        periods.period_start_date,
        by_member.dimension,
        by_member.member,
        cast(sum(by_member.numerator) as decimal(38, 6)) as numerator,
        cast(sum(by_member.denominator) as decimal(38, 6)) as denominator,
        cast(sum(by_member.fact_count) as bigint) as fact_count
    from by_member
    inner join periods
        on by_member.stock_date = periods.closing_date
    group by
        by_member.kpi,
        periods.period_grain,
        periods.period_start_date,
        by_member.dimension,
        by_member.member
)

select * from final
