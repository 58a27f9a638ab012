with stocks as (
    select * from {{ ref('int_kpi_stocks_opportunities') }}
    where kpi = 'pipeline_amount'
),

periods as (
    select * from {{ ref('int_kpi_periods') }}
),

wide as (
    {{ with_all_dimensions(
        'stocks',
        [
            'channel', 'source', 'campaign', 'region', 'segment', 'opportunity_type', 'currency', 'team', 'sales_rep'
        ],
        keep=['stock_date', 'numerator']
    ) }}
),

by_member as (
    {{ rows_by_member('wide', ['stock_date', 'numerator']) }}
),

final as (
    select
        'pipeline_opening_amount' as kpi,
        periods.period_grain,
        periods.period_start_date,
        by_member.dimension,
        by_member.member,
        cast(sum(by_member.numerator) as decimal(38, 6)) as numerator,
        cast(null as decimal(38, 6)) as denominator
    from by_member
    inner join periods
        on by_member.stock_date = {{ date_add_days('periods.period_start_date', -1) }}
    group by periods.period_grain, periods.period_start_date, by_member.dimension, by_member.member
)

select * from final
