with exposures as (
    select * from {{ ref('int_customer_exposures_counted') }}
),

calendar_days as (
    select * from {{ ref('int_calendar_days') }}
),

run_parameters as (
    select * from {{ ref('int_run_parameters') }}
),

pooled as (
    select
        month_end_date,
        dimension,
        member,
        max(age_months) as oldest_age_months,
        cast(sum(churned_count) as double) / cast(sum(exposed_count) as double) as pooled_hazard
    from exposures
    group by month_end_date, dimension, member
),

numbered as (
    select cast(row_number() over (order by calendar_date) as integer) as age_months
    from calendar_days
    where calendar_date = month_start_date
),

-- as far as the horizon, and as far as anybody was seen
ages as (
    select
        pooled.month_end_date,
        pooled.dimension,
        pooled.member,
        pooled.pooled_hazard,
        numbered.age_months,
        numbered.age_months <= run_parameters.clv_horizon_months as is_in_horizon
    from pooled
    cross join run_parameters
    inner join numbered
        on greatest(pooled.oldest_age_months, run_parameters.clv_horizon_months) >= numbered.age_months
),

-- every age that anyone younger has lived through was observed; beyond the oldest the pooled hazard holds
hazards as (
    select
        ages.month_end_date,
        ages.dimension,
        ages.member,
        ages.age_months,
        ages.is_in_horizon,
        coalesce(exposures.exposed_count, 0) as exposed_count,
        coalesce(exposures.churned_count, 0) as churned_count,
        case
            when exposures.exposed_count > 0
                then cast(exposures.churned_count as double) / cast(exposures.exposed_count as double)
            else ages.pooled_hazard
        end as hazard_ratio
    from ages
    left join exposures
        on ages.month_end_date = exposures.month_end_date
        and ages.dimension = exposures.dimension
        and ages.member = exposures.member
        and ages.age_months = exposures.age_months
),

-- a product as a sum of logarithms, which a hazard of 1 has none of
earlier_ages as (
    select
        month_end_date,
        dimension,
        member,
        age_months,
        is_in_horizon,
        exposed_count,
        churned_count,
        hazard_ratio,
        sum(case when hazard_ratio < 1 then 0 else 1 end) over (
            partition by month_end_date, dimension, member
            order by age_months
            rows between unbounded preceding and 1 preceding
        ) as certain_loss_count,
        sum(case when hazard_ratio < 1 then ln(1 - hazard_ratio) else 0 end) over (
            partition by month_end_date, dimension, member
            order by age_months
            rows between unbounded preceding and 1 preceding
        ) as log_survival
    from hazards
),

final as (
    select
        month_end_date,
        dimension,
        member,
        age_months,
        is_in_horizon,
        exposed_count > 0 as is_observed,
        exposed_count,
        churned_count,
        hazard_ratio,
        case
            when certain_loss_count > 0 then cast(0 as double)
            else exp(coalesce(log_survival, 0))
        end as survival_ratio
    from earlier_ages
)

select * from final
