with daily as (
    select * from {{ ref('int_opportunities_in_pipeline_daily') }}
    where is_open
),

stocks as (
    select 'pipeline_amount' as kpi, daily.*, daily.amount_reporting as stock_amount
    from daily
    union all
    select 'pipeline_closing_amount' as kpi, daily.*, daily.amount_reporting as stock_amount
    from daily
    union all
    select 'weighted_pipeline_amount' as kpi, daily.*, coalesce(daily.weighted_amount_reporting, 0) as stock_amount
    from daily
),

final as (
    select
        kpi,
        snapshot_date as stock_date,
        channel,
        source,
        campaign,
        region,
        segment,
        product,
        opportunity_type,
        currency_code as currency,
        team,
        sales_rep_id as sales_rep,
        cast(sum(stock_amount) as decimal(38, 6)) as numerator,
        cast(null as decimal(38, 6)) as denominator
    from stocks
    group by
        kpi,
        snapshot_date,
        channel,
        source,
        campaign,
        region,
        segment,
        product,
        opportunity_type,
        currency_code,
        team,
        sales_rep_id
)

select * from final
