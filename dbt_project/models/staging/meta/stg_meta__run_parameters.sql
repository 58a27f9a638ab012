{{ config(materialized='view') }}

with run_parameters as (
    select * from {{ source('meta', 'run_parameters') }}
),

final as (
    select
        run_parameters.as_of_date,
        run_parameters.reporting_currency,
        run_parameters.reporting_timezone,
        run_parameters.fiscal_year_start_month,
        run_parameters.week_start,
        run_parameters.exchange_rate_max_age_days,
        run_parameters.attribution_lookback_days,
        run_parameters.time_decay_half_life_days,
        run_parameters.cac_lag_months,
        run_parameters.media_is_in_ad_spend,
        run_parameters.weekend_days,
        run_parameters.clv_horizon_months,
        run_parameters.trend_periods,
        {{ safe_decimal('run_parameters.significance_level_text', 9, 4) }} as significance_level,
        run_parameters.known_through_date
    from run_parameters
)

select * from final
