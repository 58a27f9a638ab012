{{ config(materialized='view') }}

with components as (
    select * from {{ ref('int_kpi_components_aggregated_to_periods') }}
),

stocks as (
    select * from {{ ref('int_kpi_stocks_aggregated_to_periods') }}
),

retention as (
    select * from {{ ref('int_kpi_retention_revenue') }}
),

tickets_per_customer as (
    select * from {{ ref('int_kpi_tickets_per_customer') }}
),

quotas as (
    select * from {{ ref('int_kpi_quota_attained') }}
),

coverage as (
    select * from {{ ref('int_kpi_pipeline_covered') }}
),

opened as (
    select * from {{ ref('int_kpi_pipeline_opened') }}
),

pace as (
    select * from {{ ref('int_kpi_quota_paced') }}
),

velocity as (
    select * from {{ ref('int_kpi_velocity_recomputed') }}
),

cumulated as (
    select * from {{ ref('int_kpi_value_cumulated') }}
),

recurring_value as (
    select * from {{ ref('int_kpi_value_recurring') }}
),

purchased_value as (
    select * from {{ ref('int_kpi_value_purchased') }}
),

visitors as (
    select * from {{ ref('int_kpi_web_visitors') }}
),

observations as (
    select * from {{ ref('int_kpi_observations_aggregated_to_periods') }}
),

-- what has an unknown part, a denominator without a numerator, is unknown
summed as (
    select
        kpi,
        period_grain,
        period_start_date,
        dimension,
        member,
        case when denominator_count <= numerator_count then numerator end as numerator,
        case when denominator_count <= numerator_count then denominator end as denominator,
        fact_count
    from components
),

divided as (
    select kpi, period_grain, period_start_date, dimension, member, numerator, denominator, fact_count from summed
    union all
    select kpi, period_grain, period_start_date, dimension, member, numerator, denominator, fact_count
    from stocks
    union all
    select kpi, period_grain, period_start_date, dimension, member, numerator, denominator, fact_count
    from retention
    union all
    select kpi, period_grain, period_start_date, dimension, member, numerator, denominator, 0 as fact_count
    from tickets_per_customer
    union all
    select kpi, period_grain, period_start_date, dimension, member, numerator, denominator, fact_count
    from quotas
    union all
    select kpi, period_grain, period_start_date, dimension, member, numerator, denominator, fact_count
    from coverage
    union all
    select kpi, period_grain, period_start_date, dimension, member, numerator, denominator, fact_count
    from opened
    union all
    select kpi, period_grain, period_start_date, dimension, member, numerator, denominator, 0 as fact_count
    from cumulated
    union all
    select kpi, period_grain, period_start_date, dimension, member, numerator, denominator, 0 as fact_count
    from visitors
),

statistics as (
    select observation || '_median' as kpi, period_grain, period_start_date, dimension, member,
        sample_count as fact_count, median_value as value
    from observations
    union all
    select observation || '_mean' as kpi, period_grain, period_start_date, dimension, member,
        sample_count as fact_count, mean_value as value
    from observations
    union all
    select observation || '_p90' as kpi, period_grain, period_start_date, dimension, member,
        sample_count as fact_count, p90_value as value
    from observations
    union all
    select kpi, period_grain, period_start_date, dimension, member, fact_count, value
    from pace
    union all
    select kpi, period_grain, period_start_date, dimension, member, fact_count, value
    from velocity
    union all
    select kpi, period_grain, period_start_date, dimension, member,
        observation_count as fact_count, value
    from recurring_value
    union all
    select kpi, period_grain, period_start_date, dimension, member,
        observation_count as fact_count, value
    from purchased_value
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
        cast(fact_count as bigint) as fact_count
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
        cast(fact_count as bigint) as fact_count
    from statistics
)

select * from final
