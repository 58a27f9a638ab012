with run_parameters as (
    select * from {{ ref('int_run_parameters') }}
),

components as (
    select * from {{ ref('int_kpi_components_unioned') }}
),

observations as (
    select * from {{ ref('int_kpi_observations_unioned') }}
),

first_dates as (
    select min(component_date) as first_date from components
    union all
    select min(observed_date) as first_date from observations
    union all
    select as_of_date as first_date from run_parameters
),

bounds as (
    select
        {{ quarter_start('min(first_dates.first_date)') }} as first_quarter_date,
        min(first_dates.first_date) as first_date
    from first_dates
),

days as (
    {{ date_spine('(select first_quarter_date from bounds)', '(select as_of_date from run_parameters)') }}
),

starts as (
    select distinct 'month' as period_grain, {{ month_start('date_day') }} as period_start_date from days
    union all
    select distinct 'quarter' as period_grain, {{ quarter_start('date_day') }} as period_start_date from days
),

dated as (
    select
        period_grain,
        period_start_date,
        case
            when period_grain = 'month' then {{ month_end('period_start_date') }}
            else {{ quarter_end('period_start_date') }}
        end as period_end_date,
        case
            when period_grain = 'month' then {{ date_add_months('period_start_date', -1) }}
            else {{ date_add_months('period_start_date', -3) }}
        end as previous_period_start_date,
        {{ date_add_months('period_start_date', -12) }} as previous_year_start_date
    from starts
),

final as (
    select
        dated.period_grain,
        dated.period_start_date,
        dated.period_end_date,
        least(dated.period_end_date, run_parameters.as_of_date) as closing_date,
        dated.period_end_date <= run_parameters.as_of_date as is_complete_period,
        dated.previous_period_start_date,
        dated.previous_year_start_date
    from dated
    cross join run_parameters
    cross join bounds
    where dated.period_end_date >= bounds.first_date
)

select * from final
