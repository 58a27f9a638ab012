{{ config(key='opportunity_key') }}

with stage_events as (
    select * from {{ ref('int_opportunity_stage_events_sequenced') }}
),

opportunities as (
    select * from {{ ref('int_opportunities_valued') }}
),

stages as (
    select * from {{ ref('int_stages_ordered') }}
),

placed as (
    select * from {{ ref('int_opportunity_stages_placed') }}
),

-- won comes after every stage of its pipeline; lost and what comes before the first real stage have no place
places as (
    select
        stage_key,
        source_system,
        pipeline_id,
        stage_place
    from placed
    union all
    select
        stage_key,
        source_system,
        pipeline_id,
        1000000 as stage_place
    from stages
    where is_won
),

passages as (
    select
        stage_events.opportunity_key,
        places.source_system,
        places.pipeline_id,
        places.stage_place,
        min(stage_events.entered_date) as first_entered_date,
        min(stage_events.event_number) as first_event_number
    from stage_events
    inner join opportunities
        on stage_events.opportunity_key = opportunities.opportunity_key
    inner join places
        on stage_events.stage_key = places.stage_key
    where not opportunities.is_renewal
    group by
        stage_events.opportunity_key,
        places.source_system,
        places.pipeline_id,
        places.stage_place
),

-- who reached a later stage passed this one, on its own date or on the first later one
reached as (
    select
        passages.opportunity_key,
        placed.stage_key,
        placed.pipeline_step,
        min(case when passages.stage_place = placed.stage_place then passages.first_entered_date end)
            as entered_date,
        min(passages.first_entered_date) as first_date,
        min(case when passages.stage_place = placed.stage_place then passages.first_event_number end)
            as entered_event_number,
        min(passages.first_event_number) as first_event_number,
        max(passages.stage_place) > placed.stage_place as has_next
    from passages
    inner join placed
        on passages.source_system = placed.source_system
        and passages.pipeline_id = placed.pipeline_id
        and passages.stage_place >= placed.stage_place
    group by
        passages.opportunity_key,
        placed.stage_key,
        placed.stage_place,
        placed.pipeline_step
),

final as (
    select
        opportunity_key,
        stage_key,
        pipeline_step,
        coalesce(entered_date, first_date) as reached_date,
        coalesce(entered_event_number, first_event_number) as event_number,
        entered_date is null as is_implied,
        has_next
    from reached
)

select * from final
