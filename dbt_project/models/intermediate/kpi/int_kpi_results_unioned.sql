with components as (
    select * from {{ ref('int_kpi_components_aggregated_to_periods') }}
),

stocks as (
    select * from {{ ref('int_kpi_stocks_aggregated_to_periods') }}
),

retention as (
    select * from {{ ref('int_kpi_retention_revenue') }}
),

quotas as (
    select * from {{ ref('int_kpi_quota_attained') }}
),

visitors as (
    select * from {{ ref('int_kpi_web_visitors') }}
),

observations as (
    select * from {{ ref('int_kpi_observations_aggregated_to_periods') }}
),

divided as (
    select kpi, period_grain, period_start_date, dimension, member, numerator, denominator from components
    union all
    select kpi, period_grain, period_start_date, dimension, member, numerator, denominator from stocks
    union all
    select kpi, period_grain, period_start_date, dimension, member, numerator, denominator from retention
    union all
    select kpi, period_grain, period_start_date, dimension, member, numerator, denominator from quotas
    union all
    select kpi, period_grain, period_start_date, dimension, member, numerator, denominator from visitors
),

statistics as (
    select observation || '_median' as kpi, period_grain, period_start_date, dimension, member,
        sample_count, median_value as value
    from observations
    union all
    select observation || '_mean' as kpi, period_grain, period_start_date, dimension, member,
        sample_count, mean_value as value
    from observations
    union all
    select observation || '_p90' as kpi, period_grain, period_start_date, dimension, member,
        sample_count, p90_value as value
    from observations
),

final as (
    select
        kpi,
        period_grain,
        period_start_date,
        dimension,
        member,
        numerator,
        denominator,
        case
            when denominator is null then cast(numerator as double)
            when denominator <> 0 then cast(numerator as double) / cast(denominator as double)
        end as value,
        cast(null as bigint) as observation_count
    from divided
    union all
    select
        kpi,
        period_grain,
        period_start_date,
        dimension,
        member,
        cast(null as decimal(38, 6)) as numerator,
        cast(null as decimal(38, 6)) as denominator,
        cast(value as double) as value,
        sample_count as observation_count
    from statistics
)

select * from final
