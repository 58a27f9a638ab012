{{ config(compared=false) }}

with components as (
    select * from {{ ref('int_kpi_components_aggregated_to_periods') }}
    where period_grain = 'day'
),

calendar_periods as (
    select * from {{ ref('int_calendar_periods') }}
),

windows as (
    select * from {{ ref('int_kpi_comparison_windows') }}
),

definitions as (
    select * from {{ ref('kpi_definitions') }}
),

-- periods that are over have their sums already: only counts are tested by their days, against the period before
wanted as (
    select
        computed_as as kpi,
        max(case when significance_test = 'poisson_rates' then 1 else 0 end) = 1 as is_counted
    from definitions
    where smallest_grain = 'day' and aggregation in ('sum', 'ratio')
    group by computed_as
),

final as (
    select
        components.kpi,
        windows.period_grain,
        windows.period_start_date,
        windows.comparison,
        components.dimension,
        components.member,
        cast(sum(components.numerator) as decimal(38, 6)) as numerator,
        cast(sum(components.denominator) as decimal(38, 6)) as denominator,
        sum(cast(components.numerator as double) * cast(components.numerator as double)) as numerator_squares
    from components
    inner join wanted
        on components.kpi = wanted.kpi
    inner join calendar_periods
        on components.period_start_date = calendar_periods.calendar_date
    inner join windows
        on
            calendar_periods.period_grain = windows.period_grain
            and calendar_periods.period_start_date = windows.compared_start_date
            and calendar_periods.calendar_date <= windows.last_date
    where not windows.is_complete_period
        or (wanted.is_counted and windows.comparison <> 'previous_year')
    group by
        components.kpi,
        windows.period_grain,
        windows.period_start_date,
        windows.comparison,
        components.dimension,
        components.member
)

select * from final
