with opportunities as (
    select * from {{ ref('int_opportunities_valued') }}
    where not is_renewal
),

stage_events as (
    select * from {{ ref('int_opportunity_stage_events_sequenced') }}
    where not is_closed
),

owners as (
    select * from {{ ref('int_opportunity_owners_in_force') }}
),

sales_reps as (
    select * from {{ ref('int_sales_reps_by_validity') }}
),

periods as (
    select * from {{ ref('int_kpi_periods') }}
    where period_grain not in ('day', 'week')
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

-- days on which it was open for a moment, the day of its closing included
moments as (
    select
        opportunities.opportunity_key,
        greatest(stage_events.entered_date, opportunities.created_date) as from_date,
        coalesce(stage_events.exited_date, date '9999-12-31') as to_date
    from opportunities
    inner join stage_events
        on opportunities.opportunity_key = stage_events.opportunity_key
        and opportunities.created_date <= coalesce(stage_events.exited_date, date '9999-12-31')
    union all
    select
        opportunity_key,
        created_date as from_date,
        coalesce(closed_date, date '9999-12-31') as to_date
    from opportunities
    where not has_stage_events
        and (closed_date is null or closed_date >= created_date)
),

worked_on as (
    select
        moments.opportunity_key,
        periods.period_grain,
        periods.period_start_date,
        max(least(moments.to_date, periods.closing_date)) as last_open_date
    from moments
    inner join periods
        on moments.from_date <= periods.closing_date
        and moments.to_date >= periods.period_start_date
    group by moments.opportunity_key, periods.period_grain, periods.period_start_date
),

teams as (
    select
        worked_on.period_grain,
        worked_on.period_start_date,
        coalesce(sales_reps.team, '(unknown)') as team
    from worked_on
    inner join owners
        on worked_on.opportunity_key = owners.opportunity_key
        and worked_on.last_open_date >= owners.valid_from_date
        and worked_on.last_open_date < owners.valid_to_date
    left join sales_reps
        on owners.sales_rep_key = sales_reps.sales_rep_key
        and worked_on.last_open_date >= sales_reps.valid_from
        and worked_on.last_open_date < sales_reps.valid_to
),

worked as (
    select
        teams.period_grain,
        teams.period_start_date,
        scopes.dimension,
        case when scopes.dimension = 'team' then teams.team else 'all' end as member,
        count(*) as worked_count
    from teams
    cross join (values ('total'), ('team')) as scopes (dimension)
    group by
        teams.period_grain,
        teams.period_start_date,
        scopes.dimension,
        case when scopes.dimension = 'team' then teams.team else 'all' end
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
        / observations.mean_value as value
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
