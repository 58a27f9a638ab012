{{ config(key='opportunity_key') }}

with opportunities as (
    select * from {{ ref('int_opportunities_staged') }}
),

stage_events as (
    select * from {{ ref('int_opportunity_stage_events_sequenced') }}
),

-- what a day ends in: the last event of the day
day_ends as (
    select
        opportunity_key,
        entered_date as from_date,
        coalesce(exited_date, date '9999-12-31') as to_date,
        stage_key
    from stage_events
    where not is_closed
        and (exited_date is null or exited_date > entered_date)
),

final as (
    select
        opportunities.opportunity_key,
        day_ends.stage_key,
        greatest(day_ends.from_date, opportunities.created_date) as open_from_date,
        least(day_ends.to_date, coalesce(opportunities.removed_date, day_ends.to_date)) as open_to_date
    from opportunities
    inner join day_ends
        on opportunities.opportunity_key = day_ends.opportunity_key
        and opportunities.created_date < day_ends.to_date
    union all
    select
        opportunity_key,
        stage_key,
        created_date as open_from_date,
        coalesce(closed_date, removed_date, date '9999-12-31') as open_to_date
    from opportunities
    where not has_stage_events
)

select * from final
