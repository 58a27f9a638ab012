with curves as (
    select * from {{ ref('int_customer_survival_aged') }}
),

newest as (
    select max(month_end_date) as newest_month_end_date
    from curves
),

final as (
    select
        {{ surrogate_key(['curves.month_end_date', 'curves.dimension', 'curves.member', 'curves.age_months']) }}
            as survival_curve_key,
        curves.month_end_date,
        curves.dimension,
        curves.member,
        curves.age_months,
        curves.exposed_count,
        curves.churned_count,
        curves.hazard_ratio,
        curves.survival_ratio,
        curves.is_observed,
        curves.is_in_horizon,
        curves.month_end_date = newest.newest_month_end_date as is_newest
    from curves
    cross join newest
)

select * from final
