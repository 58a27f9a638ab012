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

-- what has an unknown part is unknown
summed as (
    select
        kpi,
        period_grain,
        period_start_date,
        dimension,
        member,
        case when numerator_count = row_count then numerator end as numerator,
        case when numerator_count = row_count then denominator end as denominator
    from components
),

divided as (
    select kpi, period_grain, period_start_date, dimension, member, numerator, denominator from summed
    union all
    select kpi, period_grain, period_start_date, dimension, member, numerator, denominator from stocks
    union all
    select kpi, period_grain, period_start_date, dimension, member, numerator, denominator from retention
    union all
    select kpi, period_grain, period_start_date, dimension, member, numerator, denominator from tickets_per_customer
    union all
    select kpi, period_grain, period_start_date, dimension, member, numerator, denominator from quotas
    union all
    select kpi, period_grain, period_start_date, dimension, member, numerator, denominator from coverage
    union all
    select kpi, period_grain, period_start_date, dimension, member, numerator, denominator from opened
    union all
    select kpi, period_grain, period_start_date, dimension, member, numerator, denominator from cumulated
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
    union all
    select kpi, period_grain, period_start_date, dimension, member, null as sample_count, value
    from pace
    union all
    select kpi, period_grain, period_start_date, dimension, member, null as sample_count, value
    from velocity
    union all
    select kpi, period_grain, period_start_date, dimension, member,
        observation_count as sample_count, value
    from recurring_value
    union all
    select kpi, period_grain, period_start_date, dimension, member,
        observation_count as sample_count, value
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
