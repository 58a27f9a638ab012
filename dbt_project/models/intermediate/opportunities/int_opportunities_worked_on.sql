{{ config(
    key='opportunity_key',
    grows='last_open_date',
    on_days={'int_opportunity_stage_events_sequenced': 'exited_date is null or exited_date >= {since}'}
) }}

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

calendar_periods as (
    select * from {{ ref('int_calendar_periods') }}
    where period_grain not in ('day', 'week')
),

run_parameters as (
    select * from {{ ref('int_run_parameters') }}
),

starts as (
    select distinct
        period_grain,
        period_start_date
    from calendar_periods
),

periods as (
    select
        starts.period_grain,
        starts.period_start_date,
        least({{ period_end('starts.period_grain', 'starts.period_start_date') }}, run_parameters.as_of_date)
            as closing_date
    from starts
    inner join run_parameters
        on starts.period_start_date <= run_parameters.as_of_date
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

in_periods as (
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

final as (
    select
        in_periods.opportunity_key,
        in_periods.period_grain,
        in_periods.period_start_date,
        in_periods.last_open_date,
        coalesce(sales_reps.team, '(unknown)') as team
    from in_periods
    inner join owners
        on in_periods.opportunity_key = owners.opportunity_key
        and in_periods.last_open_date >= owners.valid_from_date
        and in_periods.last_open_date < owners.valid_to_date
    left join sales_reps
        on owners.sales_rep_key = sales_reps.sales_rep_key
        and in_periods.last_open_date >= sales_reps.valid_from
        and in_periods.last_open_date < sales_reps.valid_to
)

select * from final
