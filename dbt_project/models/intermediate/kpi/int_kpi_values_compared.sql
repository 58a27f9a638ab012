with completed as (
    select * from {{ ref('int_kpi_values_completed') }}
),

definitions as (
    select * from {{ ref('kpi_definitions') }}
),

windows as (
    select * from {{ ref('int_kpi_comparison_windows') }}
),

components as (
    select * from {{ ref('int_kpi_components_compared') }}
),

observations as (
    select * from {{ ref('int_kpi_observations_compared') }}
),

statistics as (
    select observation || '_median' as kpi, period_grain, period_start_date, comparison, dimension, member,
        median_value as value
    from observations
    union all
    select observation || '_mean' as kpi, period_grain, period_start_date, comparison, dimension, member,
        mean_value as value
    from observations
    union all
    select observation || '_p90' as kpi, period_grain, period_start_date, comparison, dimension, member,
        p90_value as value
    from observations
),

-- what a member without a row shows: nothing happened, unless the KPI is unknown
recent as (
    select
        completed.kpi,
        completed.version,
        completed.period_grain,
        completed.period_start_date,
        completed.dimension,
        completed.member,
        completed.numerator,
        completed.denominator,
        completed.value,
        windows.is_complete_period,
        windows.comparison,
        windows.compared_start_date,
        windows.last_date,
        windows.day_count,
        definitions.has_denominator,
        definitions.computed_as,
        case
            when windows.is_complete_period then 'whole'
            when definitions.smallest_grain <> 'day' then 'none'
            when definitions.aggregation in ('sum', 'ratio') and completed.numerator is not null then 'sum'
            when definitions.aggregation = 'last' then 'evening'
            when definitions.sample_source = 'observations' then 'statistic'
            else 'none'
        end as cut,
        case when completed.numerator is not null and definitions.is_zero_when_empty then 0 end as empty_numerator,
        case
            when completed.denominator is not null and definitions.is_zero_when_empty then 0
        end as empty_denominator
    from completed
    inner join definitions
        on completed.kpi = definitions.kpi and completed.version = definitions.version
    inner join windows
        on
            completed.period_grain = windows.period_grain
            and completed.period_start_date = windows.period_start_date
    where windows.comparison <> 'current'
),

-- a stock of a running period is compared with the evening after as many days
placed as (
    select
        *,
        case cut when 'whole' then period_grain when 'evening' then 'day' end as finished_grain,
        case cut when 'whole' then compared_start_date when 'evening' then last_date end as finished_start_date,
        case when cut = 'sum' then period_grain end as summed_grain,
        case when cut = 'statistic' then period_grain end as observed_grain
    from recent
),

found as (
    select
        placed.*,
        finished.kpi is not null as is_finished,
        finished.value as finished_value,
        statistics.value as statistic,
        coalesce(finished.numerator, components.numerator, placed.empty_numerator) as compared_numerator,
        coalesce(finished.denominator, components.denominator, placed.empty_denominator) as compared_denominator
    from placed
    left join completed as finished
        on
            placed.kpi = finished.kpi
            and placed.version = finished.version
            and placed.dimension = finished.dimension
            and placed.member = finished.member
            and placed.finished_grain = finished.period_grain
            and placed.finished_start_date = finished.period_start_date
    left join components
        on
            placed.computed_as = components.kpi
            and placed.summed_grain = components.period_grain
            and placed.period_start_date = components.period_start_date
            and placed.comparison = components.comparison
            and placed.dimension = components.dimension
            and placed.member = components.member
    left join statistics
        on
            placed.computed_as = statistics.kpi
            and placed.observed_grain = statistics.period_grain
            and placed.period_start_date = statistics.period_start_date
            and placed.comparison = statistics.comparison
            and placed.dimension = statistics.dimension
            and placed.member = statistics.member
),

final as (
    select
        kpi,
        version,
        period_grain,
        period_start_date,
        dimension,
        member,
        comparison,
        is_complete_period,
        day_count as compared_day_count,
        numerator,
        denominator,
        value,
        case when cut <> 'none' then cast(compared_numerator as decimal(38, 6)) end as compared_numerator,
        case when cut <> 'none' then cast(compared_denominator as decimal(38, 6)) end as compared_denominator,
        case
            when cut = 'none' then null
            when is_finished then finished_value
            when cut = 'statistic' then statistic
            when not has_denominator then cast(compared_numerator as double)
            when compared_denominator <> 0
                then cast(compared_numerator as double) / cast(compared_denominator as double)
        end as compared_value
    from found
)

select * from final
