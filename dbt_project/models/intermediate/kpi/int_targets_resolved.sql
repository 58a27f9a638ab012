with targets as (
    select * from {{ ref('int_targets_converted') }}
),

completed as (
    select * from {{ ref('int_kpi_values_completed') }}
),

definitions as (
    select * from {{ ref('kpi_definitions') }}
),

periods as (
    select * from {{ ref('int_kpi_periods') }}
    where is_complete_period
),

-- quotas are resolved already, before the KPIs that are measured by them; a target speaks of the official version
observed as (
    select
        targets.source_system,
        targets.record_id,
        targets.period_start_date,
        completed.value as observed_value,
        case when not definitions.has_denominator then cast(completed.numerator as decimal(20, 6)) end as observed_sum
    from targets
    inner join completed
        on
            targets.kpi = completed.kpi
            and targets.period_grain = completed.period_grain
            and targets.relative_start_date = completed.period_start_date
            and targets.dimension = completed.dimension
            and targets.member = completed.member
    inner join definitions
        on
            completed.kpi = definitions.kpi
            and completed.version = definitions.version
            and {{ is_in_force('definitions', 'targets.period_start_date') }}
    inner join periods
        on
            completed.period_grain = periods.period_grain
            and completed.period_start_date = periods.period_start_date
    where targets.kpi <> 'credited_sales_amount'
),

-- sums stay exact; of what is divided, nine digits are more than doubles tell apart, so that halves are halves again
followed as (
    select
        targets.*,
        coalesce(
            observed.observed_sum * cast(1 + targets.relative_change as decimal(17, 6)),
            cast(
                cast(observed.observed_value * (1 + cast(targets.relative_change as double)) as decimal(38, 9))
                as decimal(38, 12)
            )
        ) as followed_value
    from targets
    left join observed
        on
            targets.source_system = observed.source_system
            and targets.record_id = observed.record_id
            and targets.period_start_date = observed.period_start_date
),

final as (
    select
        source_system,
        record_id,
        kpi,
        period_grain,
        period_start_date,
        dimension,
        member,
        currency_code,
        baseline_value,
        relative_to,
        relative_change,
        path_step,
        case when currency_code is not null then cast(target_value as decimal(18, 2)) end as target_amount,
        case
            when currency_code is not null
                then coalesce(
                    target_amount_reporting,
                    cast(round(followed_value, {{ var('reporting_minor_units') }}) as decimal(18, 2))
                )
        end as target_amount_reporting,
        case
            when currency_code is null then coalesce(target_value, cast(round(followed_value, 6) as decimal(18, 6)))
        end as target_value
    from followed
)

select * from final
