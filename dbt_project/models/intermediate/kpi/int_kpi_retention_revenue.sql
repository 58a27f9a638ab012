with compared as (
    select * from {{ ref('int_mrr_retention_compared') }}
),

dimensions as (
    select 'total' as dimension
    union all
    select 'channel' as dimension
    union all
    select 'region' as dimension
    union all
    select 'segment' as dimension
),

kpis as (
    select 'logo_churn_rate' as kpi
    union all
    select 'revenue_churn_rate' as kpi
    union all
    select 'net_revenue_retention' as kpi
    union all
    select 'gross_revenue_retention' as kpi
),

by_member as (
    select
        compared.period_grain,
        compared.period_start_date,
        dimensions.dimension,
        case dimensions.dimension
            when 'channel' then compared.channel
            when 'region' then compared.region
            when 'segment' then compared.segment
            else 'all'
        end as member,
        compared.is_churned,
        compared.then_amount,
        compared.now_amount,
        least(compared.now_amount, compared.then_amount) as retained_amount
    from compared
    cross join dimensions
),

final as (
    select
        kpis.kpi,
        by_member.period_grain,
        by_member.period_start_date,
        by_member.dimension,
        by_member.member,
        cast(sum(case
            when kpis.kpi = 'revenue_churn_rate' then by_member.then_amount - by_member.retained_amount
            when kpis.kpi = 'net_revenue_retention' then by_member.now_amount
            when kpis.kpi = 'gross_revenue_retention' then by_member.retained_amount
            when by_member.is_churned then 1
            else 0
        end) as decimal(38, 6)) as numerator,
        cast(sum(case
            when kpis.kpi = 'logo_churn_rate' then 1
            else by_member.then_amount
        end) as decimal(38, 6)) as denominator
    from by_member
    cross join kpis
    group by
        kpis.kpi,
        by_member.period_grain,
        by_member.period_start_date,
        by_member.dimension,
        by_member.member
)

select * from final
