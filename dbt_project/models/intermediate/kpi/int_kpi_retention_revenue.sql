with compared as (
    select * from {{ ref('int_mrr_retention_compared') }}
),

by_dimension as (
    select period_grain, period_start_date, 'total' as dimension, 'all' as member,
        then_amount, now_amount, is_churned
    from compared
    union all
    select period_grain, period_start_date, 'channel' as dimension, channel as member,
        then_amount, now_amount, is_churned
    from compared
    union all
    select period_grain, period_start_date, 'region' as dimension, region as member,
        then_amount, now_amount, is_churned
    from compared
    union all
    select period_grain, period_start_date, 'segment' as dimension, segment as member,
        then_amount, now_amount, is_churned
    from compared
),

by_member as (
    select
        period_grain,
        period_start_date,
        dimension,
        member,
        sum(case when is_churned then 1 else 0 end) as churned_count,
        count(*) as active_then_count,
        sum(then_amount) as then_amount,
        sum(now_amount) as now_amount,
        sum(least(now_amount, then_amount)) as retained_amount
    from by_dimension
    group by period_grain, period_start_date, dimension, member
),

ratios as (
    select 'logo_churn_rate' as kpi, period_grain, period_start_date, dimension, member,
        churned_count as numerator, active_then_count as denominator
    from by_member
    union all
    select 'revenue_churn_rate', period_grain, period_start_date, dimension, member,
        then_amount - retained_amount, then_amount
    from by_member
    union all
    select 'net_revenue_retention', period_grain, period_start_date, dimension, member,
        now_amount, then_amount
    from by_member
    union all
    select 'gross_revenue_retention', period_grain, period_start_date, dimension, member,
        retained_amount, then_amount
    from by_member
),

final as (
    select
        kpi,
        period_grain,
        period_start_date,
        dimension,
        member,
        cast(numerator as decimal(38, 6)) as numerator,
        cast(denominator as decimal(38, 6)) as denominator
    from ratios
)

select * from final
