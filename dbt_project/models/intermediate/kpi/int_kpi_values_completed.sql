{{ config(compared=false) }}

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
        computed.observation_count
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
totals as (
    select
        kpi,
        version,
        period_grain,
        period_start_date,
        'total' as dimension,
        'all' as member
    from allowed
    where not is_future
),

happened as (
    select kpi, version, period_grain, period_start_date, dimension, member
    from results
    where numerator <> 0 or denominator <> 0 or (numerator is null and value is not null)
),

spine as (
    select * from totals
    union
    select * from happened
),

final as (
    select
        definitions.kpi,
        definitions.version,
        spine.period_grain,
        spine.period_start_date,
        spine.dimension,
        spine.member,
        -- What no source gives is unknown, not 0.
        case
            when not inputs.is_found then null
            when results.kpi is not null then results.numerator
            when definitions.is_zero_when_empty then 0
        end as numerator,
        case
            when not inputs.is_found then null
            when results.kpi is not null then results.denominator
            when definitions.is_zero_when_empty and definitions.has_denominator then 0
        end as denominator,
        case
            when not inputs.is_found then null
            when results.kpi is not null then results.value
            when definitions.is_zero_when_empty and not definitions.has_denominator then 0
        end as value,
        case
            when definitions.sample_source = 'observations' then coalesce(results.observation_count, 0)
            when definitions.sample_source = 'denominator' then cast(coalesce(results.denominator, 0) as bigint)
            when definitions.sample_source = 'numerator' then cast(coalesce(results.numerator, 0) as bigint)
        end as sample_count
    from spine
    inner join definitions
        on spine.kpi = definitions.kpi and spine.version = definitions.version
    inner join inputs
        on definitions.required_input = inputs.input
    inner join allowed
        on
            spine.kpi = allowed.kpi
            and spine.version = allowed.version
            and spine.period_grain = allowed.period_grain
            and spine.period_start_date = allowed.period_start_date
    left join results
        on
            spine.kpi = results.kpi
            and spine.version = results.version
            and spine.period_grain = results.period_grain
            and spine.period_start_date = results.period_start_date
            and spine.dimension = results.dimension
            and spine.member = results.member
)

select * from final
