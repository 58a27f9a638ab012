{{ config(day='as_of_date', day_alone=true) }}

with run_parameters as (
    select * from {{ ref('stg_meta__run_parameters') }}
),

final as (
    select
        as_of_date,
        reporting_currency,
        reporting_timezone,
        fiscal_year_start_month,
        week_start,
        exchange_rate_max_age_days,
        attribution_lookback_days,
        time_decay_half_life_days,
        cac_lag_months,
        media_is_in_ad_spend,
        weekend_days,
        clv_horizon_months,
        trend_periods,
        significance_level,
        known_through_date
    from run_parameters
)

select * from final
