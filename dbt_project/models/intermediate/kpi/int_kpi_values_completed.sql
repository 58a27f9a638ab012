{%- set computed = 'kpi, period_start_date = int_kpi_periods_read.computed_as, period_start_date' -%}
{{ config(
    key='kpi, period_start_date',
    reached={
        'int_kpi_results_unioned': computed,
        'int_kpi_components_aggregated_to_periods': computed,
        'int_kpi_stocks_aggregated_to_periods': computed,
        'int_kpi_retention_revenue': computed,
        'int_kpi_tickets_per_customer': computed,
        'int_kpi_quota_attained': computed,
        'int_kpi_pipeline_covered': computed,
        'int_kpi_pipeline_opened': computed,
        'int_kpi_quota_paced': computed,
        'int_kpi_velocity_recomputed': computed,
        'int_kpi_value_cumulated': computed,
        'int_kpi_value_recurring': computed,
        'int_kpi_value_purchased': computed,
        'int_kpi_web_visitors': computed,
        'int_kpi_observations_aggregated_to_periods':
            'observation, period_start_date = int_kpi_periods_read.observation, period_start_date',
        'int_kpi_periods_planned': 'int_kpi_periods_read.period_start_date'
    },
    compared=false
) }}
-- depends_on: {{ ref('int_kpi_periods_read') }}

with computed as (
    select * from {{ ref('int_kpi_results_unioned') }}
),

definitions as (
    select * from {{ ref('kpi_definitions') }}
),

periods as (
    select * from {{ ref('int_kpi_periods_planned') }}
),

inputs as (
    select * from {{ ref('int_kpi_inputs_found') }}
),

-- a version of a KPI may be what is computed under another name
results as (
    select
        definitions.kpi,
        definitions.version,
        computed.period_grain,
        computed.period_start_date,
        computed.dimension,
        computed.member,
        computed.numerator,
        computed.denominator,
        computed.value,
        computed.fact_count
    from computed
    inner join definitions
        on computed.kpi = definitions.computed_as
),

-- what is known by the month only has no days and weeks
allowed as (
    select
        definitions.kpi,
        definitions.version,
        periods.period_grain,
        periods.period_start_date,
        periods.is_future
    from definitions
    cross join periods
    where periods.period_grain not in ('day', 'week')
        or definitions.smallest_grain = 'day'
),

-- The total of every KPI has a row for every period; other members where something happened.
told as (
    select
        results.kpi,
        results.version,
        results.period_grain,
        results.period_start_date,
        results.dimension,
        results.member,
        results.numerator,
        results.denominator,
        results.value,
        results.fact_count,
        true as has_result
    from results
    inner join allowed
        on
            results.kpi = allowed.kpi
            and results.version = allowed.version
            and results.period_grain = allowed.period_grain
            and results.period_start_date = allowed.period_start_date
    where results.numerator <> 0
        or results.denominator <> 0
        or (results.numerator is null and results.value is not null)
        or (results.dimension = 'total' and results.member = 'all' and not allowed.is_future)
    union all
    select
        allowed.kpi,
        allowed.version,
        allowed.period_grain,
        allowed.period_start_date,
        'total' as dimension,
        'all' as member,
        null as numerator,
        null as denominator,
        null as value,
        null as fact_count,
        false as has_result
    from allowed
    left join results
        on
            allowed.kpi = results.kpi
            and allowed.version = results.version
            and allowed.period_grain = results.period_grain
            and allowed.period_start_date = results.period_start_date
            and results.dimension = 'total'
            and results.member = 'all'
    where not allowed.is_future
        and results.kpi is null
),

final as (
    select
        told.kpi,
        told.version,
        told.period_grain,
        told.period_start_date,
        told.dimension,
        told.member,
        -- What no source gives is unknown, not 0.
        case
            when not inputs.is_found then null
            when told.has_result then told.numerator
            when definitions.is_zero_when_empty then 0
        end as numerator,
        case
            when not inputs.is_found then null
            when told.has_result then told.denominator
            when definitions.is_zero_when_empty and definitions.has_denominator then 0
        end as denominator,
        case
            when not inputs.is_found then null
            when told.has_result then told.value
            when definitions.is_zero_when_empty and not definitions.has_denominator then 0
        end as value,
        case
            when not inputs.is_found then null
            when definitions.sample_source = 'denominator' then cast(coalesce(told.denominator, 0) as bigint)
            when definitions.sample_source = 'numerator' then cast(coalesce(told.numerator, 0) as bigint)
            else coalesce(told.fact_count, 0)
        end as sample_count
    from told
    inner join definitions
        on told.kpi = definitions.kpi and told.version = definitions.version
    inner join inputs
        on definitions.required_input = inputs.input
)

select * from final
