with exposures as (
    select * from {{ ref('int_customer_exposures_counted') }}
),

curves as (
    select * from {{ ref('int_customer_survival_aged') }}
),

pooled as (
    select
        month_end_date,
        dimension,
        member,
        sum(exposed_count) as exposed_count,
        sum(churned_count) as churned_count,
        sum(half_year_exposed_count) as half_year_exposed_count,
        sum(half_year_churned_count) as half_year_churned_count
    from exposures
    group by month_end_date, dimension, member
),

survived as (
    select
        month_end_date,
        dimension,
        member,
        sum(survival_ratio) as expected_months
    from curves
    where is_in_horizon
    group by month_end_date, dimension, member
),

final as (
    select
        pooled.month_end_date,
        pooled.dimension,
        pooled.member,
        cast(pooled.exposed_count as bigint) as exposed_count,
        cast(pooled.churned_count as bigint) as churned_count,
        cast(pooled.half_year_exposed_count as bigint) as half_year_exposed_count,
        cast(pooled.half_year_churned_count as bigint) as half_year_churned_count,
        survived.expected_months
    from pooled
    inner join survived
        on pooled.month_end_date = survived.month_end_date
        and pooled.dimension = survived.dimension
        and pooled.member = survived.member
)

select * from final
