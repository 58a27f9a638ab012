with exchange_rates as (
    select * from {{ ref('int_exchange_rates_daily') }}
),

calendar_days as (
    select * from {{ ref('int_calendar_days') }}
),

run_parameters as (
    select * from {{ ref('int_run_parameters') }}
),

final as (
    select
        {{ surrogate_key(['exchange_rates.currency_code', 'exchange_rates.rate_date']) }} as exchange_rate_key,
        exchange_rates.currency_code,
        exchange_rates.rate_date,
        cast(exchange_rates.rate as decimal(18, 9)) as exchange_rate
    from exchange_rates
    inner join calendar_days
        on exchange_rates.rate_date = calendar_days.calendar_date
    inner join run_parameters
        on exchange_rates.currency_code <> run_parameters.reporting_currency
)

select * from final
