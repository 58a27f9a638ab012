with targets as (
    select * from {{ ref('int_targets_unioned') }}
),

exchange_rates as (
    select * from {{ ref('int_exchange_rates_daily') }}
),

run_parameters as (
    select * from {{ ref('int_run_parameters') }}
),

ranked as (
    select
        targets.source_system,
        targets.record_id,
        targets.kpi,
        targets.period_grain,
        targets.period_start_date,
        targets.dimension,
        targets.member,
        targets.target_value,
        case
            when right(targets.kpi, 7) = '_amount'
                then coalesce(targets.currency_code, run_parameters.reporting_currency)
            else targets.currency_code
        end as currency_code,
        -- a period that has not begun takes the rate of today
        least(targets.period_start_date, run_parameters.as_of_date) as rate_date,
        row_number() over (
            partition by
                targets.kpi,
                targets.period_grain,
                targets.period_start_date,
                targets.dimension,
                targets.member
            order by
                coalesce(targets.valid_from, date '1900-01-01') desc,
                targets.updated_at desc,
                targets.source_system
        ) as version_rank
    from targets
    cross join run_parameters
    where not targets.is_deleted
        and coalesce(targets.valid_from, date '1900-01-01') <= run_parameters.as_of_date
        and coalesce(targets.valid_to, date '9999-12-31') > run_parameters.as_of_date
),

final as (
    select
        ranked.source_system,
        ranked.record_id,
        ranked.kpi,
        ranked.period_grain,
        ranked.period_start_date,
        ranked.dimension,
        ranked.member,
        ranked.target_value,
        ranked.currency_code,
        ranked.rate_date,
        exchange_rates.rate as exchange_rate,
        case
            when ranked.currency_code is not null and ranked.target_value = 0 then cast(0 as decimal(18, 2))
            when ranked.currency_code is not null
                then {{ to_reporting_amount('ranked.target_value', 'exchange_rates.rate') }}
        end as target_amount_reporting
    from ranked
    left join exchange_rates
        on ranked.currency_code = exchange_rates.currency_code
        and ranked.rate_date = exchange_rates.rate_date
    where ranked.version_rank = 1
)

select * from final
