with run_parameters as (
    select * from {{ ref('int_run_parameters') }}
),

calendar_periods as (
    select * from {{ ref('int_calendar_periods') }}
),

components as (
    select * from {{ ref('int_kpi_components_unioned') }}
),

observations as (
    select * from {{ ref('int_kpi_observations_unioned') }}
),

targets as (
    select * from {{ ref('int_targets_converted') }}
),

first_dates as (
    select min(component_date) as first_date from components
    union all
    select min(observed_date) as first_date from observations
    union all
    select as_of_date as first_date from run_parameters
),

-- a period that has not begun is told when it has a target
last_dates as (
    select max({{ period_end('period_grain', 'period_start_date') }}) as last_date from targets
    union all
    select as_of_date as last_date from run_parameters
),

earliest as (
    select min(first_date) as first_date from first_dates
),

latest as (
    select max(last_date) as last_date from last_dates
),

bounds as (
    select
        earliest.first_date,
        latest.last_date
    from earliest
    cross join latest
),

starts as (
    select distinct
        calendar_periods.period_grain,
        calendar_periods.period_start_date
    from calendar_periods
    inner join bounds
        on calendar_periods.calendar_date >= bounds.first_date
        and calendar_periods.calendar_date <= bounds.last_date
),

dated as (
    select
        period_grain,
        period_start_date,
        {{ period_end('period_grain', 'period_start_date') }} as period_end_date,
        {{ previous_period_start('period_grain', 'period_start_date') }} as previous_period_start_date,
        {{ previous_year_start('period_grain', 'period_start_date') }} as previous_year_start_date
    from starts
),

final as (
    select
        dated.period_grain,
        dated.period_start_date,
        dated.period_end_date,
        case
            when dated.period_start_date <= run_parameters.as_of_date
                then least(dated.period_end_date, run_parameters.as_of_date)
        end as closing_date,
        dated.period_end_date <= run_parameters.as_of_date as is_complete_period,
        dated.period_start_date > run_parameters.as_of_date as is_future,
        dated.previous_period_start_date,
        dated.previous_year_start_date
    from dated
    cross join run_parameters
)

select * from final
