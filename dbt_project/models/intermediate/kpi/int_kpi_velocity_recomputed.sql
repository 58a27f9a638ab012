with opportunities as (
    select * from {{ ref('int_opportunities_valued') }}
    where not is_renewal
),

worked_on as (
    select * from {{ ref('int_opportunities_worked_on') }}
),

calendar_periods as (
    select * from {{ ref('int_calendar_periods') }}
    where period_grain not in ('day', 'week')
),

components as (
    select * from {{ ref('int_kpi_components_aggregated_to_periods') }}
    where kpi = 'win_rate'
),

observations as (
    select * from {{ ref('int_kpi_observations_aggregated_to_periods') }}
    where observation = 'opportunity_cycle_days'
),

worked as (
    select
        worked_on.period_grain,
        worked_on.period_start_date,
        scopes.dimension,
        case when scopes.dimension = 'team' then worked_on.team else 'all' end as member,
        count(*) as worked_count
    from worked_on
    cross join (values ('total'), ('team')) as scopes (dimension)
    group by
        worked_on.period_grain,
        worked_on.period_start_date,
        scopes.dimension,
        case when scopes.dimension = 'team' then worked_on.team else 'all' end
),

won as (
    select
        calendar_periods.period_grain,
        calendar_periods.period_start_date,
        scopes.dimension,
        case when scopes.dimension = 'team' then opportunities.owner_team else 'all' end as member,
        sum(opportunities.amount_reporting) as won_amount,
        count(*) as won_count
    from opportunities
    inner join calendar_periods
        on opportunities.closed_date = calendar_periods.calendar_date
    cross join (values ('total'), ('team')) as scopes (dimension)
    where opportunities.is_won
        and opportunities.amount > 0
    group by
        calendar_periods.period_grain,
        calendar_periods.period_start_date,
        scopes.dimension,
        case when scopes.dimension = 'team' then opportunities.owner_team else 'all' end
),

final as (
    select
        'sales_velocity_amount' as kpi,
        worked.period_grain,
        worked.period_start_date,
        worked.dimension,
        worked.member,
        cast(worked.worked_count as double)
        * (cast(won.won_amount as double) / won.won_count)
        * (cast(components.numerator as double) / cast(components.denominator as double))
        / observations.mean_value as value,
        observations.sample_count as fact_count
    from worked
    inner join won
        on worked.period_grain = won.period_grain
        and worked.period_start_date = won.period_start_date
        and worked.dimension = won.dimension
        and worked.member = won.member
    inner join components
        on worked.period_grain = components.period_grain
        and worked.period_start_date = components.period_start_date
        and worked.dimension = components.dimension
        and worked.member = components.member
        and components.denominator <> 0
    inner join observations
        on worked.period_grain = observations.period_grain
        and worked.period_start_date = observations.period_start_date
        and worked.dimension = observations.dimension
        and worked.member = observations.member
        and observations.mean_value <> 0
)

select * from final
