{{ config(day='rate_date') }}

with exchange_rates as (
    select * from {{ ref('int_exchange_rates_unioned') }}
),

run_parameters as (
    select * from {{ ref('int_run_parameters') }}
),

ranked as (
    select
        exchange_rates.currency_code,
        exchange_rates.rate_date,
        exchange_rates.rate,
        run_parameters.as_of_date,
        run_parameters.exchange_rate_max_age_days,
        row_number() over (
            partition by exchange_rates.currency_code, exchange_rates.rate_date
            order by exchange_rates.updated_at desc, exchange_rates.source_system
        ) as version_rank
    from exchange_rates
    inner join run_parameters
        on exchange_rates.rate_date <= run_parameters.as_of_date
        and exchange_rates.currency_code <> run_parameters.reporting_currency
    where not exchange_rates.is_deleted
),

followed as (
    select
        currency_code,
        rate_date,
        rate,
        as_of_date,
        {{ date_add_days('rate_date', 'exchange_rate_max_age_days') }} as oldest_use_date,
        lead(rate_date) over (partition by currency_code order by rate_date) as next_rate_date
    from ranked
    where version_rank = 1
),

-- weekends and holidays take the newest rate before them, up to the allowed age
in_force as (
    select
        currency_code,
        rate_date,
        rate,
        least(
            oldest_use_date, as_of_date, {{ date_add_days('next_rate_date', -1) }}
        ) as last_date
    from followed
),

foreign_days as (
    {{ expand_days('in_force', ['currency_code', 'rate'], 'rate_date', 'last_date') }}
),

all_days as (
    {{ date_spine("date '1970-01-01'", "(select as_of_date from run_parameters)") }}
),

final as (
    select
        foreign_days.currency_code,
        foreign_days.date_day as rate_date,
        cast(foreign_days.rate as decimal(18, 9)) as rate
    from foreign_days
    union all
    select
        run_parameters.reporting_currency as currency_code,
        all_days.date_day as rate_date,
        cast(1 as decimal(18, 9)) as rate
    from all_days
    cross join run_parameters
)

select * from final
