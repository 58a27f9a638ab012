{{ config(key='opportunity_key') }}

with opportunities as (
    select * from {{ ref('int_opportunities_staged') }}
),

stage_events as (
    select * from {{ ref('int_opportunity_stage_events_sequenced') }}
),

-- what it was closed for before it came back, as far as that lies between its creation and its close
pauses as (
    select
        opportunities.opportunity_key,
        {{ date_diff_days(
            'greatest(stage_events.entered_date, opportunities.created_date)',
            'least(stage_events.exited_date, opportunities.closed_date)'
        ) }} as closed_days
    from opportunities
    inner join stage_events
        on opportunities.opportunity_key = stage_events.opportunity_key
    where opportunities.is_closed
        and stage_events.is_closed
        and stage_events.exited_date is not null
),

final as (
    select
        opportunity_key,
        sum(closed_days) as closed_days
    from pauses
    where closed_days > 0
    group by opportunity_key
)

select * from final
