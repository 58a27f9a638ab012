with components as (
    select * from {{ ref('int_kpi_components_aggregated_to_periods') }}
),

calendar_periods as (
    select * from {{ ref('int_calendar_periods') }}
),

definitions as (
    select * from {{ ref('kpi_definitions') }}
),

run_parameters as (
    select * from {{ ref('int_run_parameters') }}
),

-- who came later is not old enough yet
cohorts as (
    select
        definitions.kpi,
        {{ date_add_days('run_parameters.as_of_date', '-max(definitions.maturity_days)') }} as mature_through_date
    from definitions
    cross join run_parameters
    where definitions.maturity_days is not null
    group by definitions.kpi, run_parameters.as_of_date
),

days as (
    select
        components.kpi,
        components.period_start_date as component_date,
        components.dimension,
        components.member,
        components.denominator,
        case
            when components.period_start_date <= cohorts.mature_through_date then components.denominator
            else 0
        end as mature_denominator
    from components
    inner join cohorts
        on components.kpi = cohorts.kpi
    where components.period_grain = 'day'
),

summed as (
    select
        days.kpi,
        calendar_periods.period_grain,
        calendar_periods.period_start_date,
        days.dimension,
        days.member,
        cast(sum(days.denominator) as decimal(38, 6)) as denominator,
        cast(sum(days.mature_denominator) as decimal(38, 6)) as mature_denominator
    from days
    inner join calendar_periods
        on days.component_date = calendar_periods.calendar_date
    group by
        days.kpi,
        calendar_periods.period_grain,
        calendar_periods.period_start_date,
        days.dimension,
        days.member
),

final as (
    select
        kpi,
        period_grain,
        period_start_date,
        dimension,
        member,
        cast(
            {{ divide_money('mature_denominator', 'cast(denominator as bigint)', 6) }} as decimal(9, 6)
        ) as maturity
    from summed
    where denominator > 0
)

select * from final
