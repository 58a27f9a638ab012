with targets as (
    select * from {{ ref('int_targets_planned') }}
),

credited as (
    select * from {{ ref('int_kpi_components_aggregated_to_periods') }}
    where kpi = 'credited_sales_amount'
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
        targets.baseline_value,
        targets.relative_to,
        targets.relative_change,
        targets.path_step,
        case targets.relative_to
            when 'previous_period'
                then {{ previous_period_start('targets.period_grain', 'targets.period_start_date') }}
            when 'previous_year'
                then {{ previous_year_start('targets.period_grain', 'targets.period_start_date') }}
        end as relative_start_date,
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
                case when targets.path_step is null then 0 else 1 end,
                coalesce(targets.valid_from, date '1900-01-01') desc,
                targets.updated_at desc,
                targets.source_system,
                targets.record_id
        ) as version_rank
    from targets
    cross join run_parameters
),

-- a quota that follows from what was credited: the other KPIs are not computed yet
observed as (
    select
        ranked.source_system,
        ranked.record_id,
        ranked.period_start_date,
        credited.numerator as observed_amount
    from ranked
    inner join credited
        on
            ranked.kpi = credited.kpi
            and ranked.period_grain = credited.period_grain
            and ranked.relative_start_date = credited.period_start_date
            and ranked.dimension = credited.dimension
            and ranked.member = credited.member
    cross join run_parameters
    where {{ period_end('ranked.period_grain', 'ranked.relative_start_date') }} <= run_parameters.as_of_date
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
        ranked.baseline_value,
        ranked.relative_to,
        ranked.relative_change,
        ranked.relative_start_date,
        ranked.path_step,
        case
            when ranked.relative_start_date is not null
                then cast(
                    round(
                        cast(observed.observed_amount as decimal(18, 2))
                        * cast(1 + ranked.relative_change as decimal(18, 6)),
                        {{ var('reporting_minor_units') }}
                    ) as decimal(18, 2)
                )
            when ranked.currency_code is not null and ranked.target_value = 0 then cast(0 as decimal(18, 2))
            when ranked.currency_code is not null
                then {{ to_reporting_amount('ranked.target_value', 'exchange_rates.rate') }}
        end as target_amount_reporting
    from ranked
    left join exchange_rates
        on ranked.currency_code = exchange_rates.currency_code
        and ranked.rate_date = exchange_rates.rate_date
    left join observed
        on
            ranked.source_system = observed.source_system
            and ranked.record_id = observed.record_id
            and ranked.period_start_date = observed.period_start_date
    where ranked.version_rank = 1
)

select * from final
