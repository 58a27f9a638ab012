{{ config(key='opportunity_key') }}

with stage_events as (
    select * from {{ ref('int_opportunity_stage_events_merged') }}
),

opportunities as (
    select * from {{ ref('int_opportunities_kept') }}
),

stages as (
    select * from {{ ref('int_stages_ordered') }}
),

-- a deal that moved between pipelines keeps stages of its former one in its history
stages_by_id as (
    select
        source_system,
        stage_id,
        min(stage_key) as stage_key
    from stages
    group by source_system, stage_id
    having count(*) = 1
),

told as (
    select distinct
        opportunities.opportunity_key,
        opportunities.source_system,
        opportunities.pipeline_id,
        stage_events.stage_id,
        stage_events.entered_at
    from stage_events
    inner join opportunities
        on stage_events.opportunity_key = opportunities.opportunity_key
    where not stage_events.is_deleted
),

known as (
    select
        told.opportunity_key,
        told.stage_id,
        told.entered_at,
        coalesce(own_stages.stage_key, stages_by_id.stage_key) as stage_key
    from told
    left join stages as own_stages
        on told.source_system = own_stages.source_system
        and told.pipeline_id = own_stages.pipeline_id
        and told.stage_id = own_stages.stage_id
    left join stages_by_id
        on told.source_system = stages_by_id.source_system
        and told.stage_id = stages_by_id.stage_id
),

final as (
    select
        known.opportunity_key,
        known.stage_id,
        coalesce(known.stage_key, '(unknown)') as stage_key,
        known.entered_at,
        coalesce(stages.stage_order, 0) as stage_order,
        coalesce(stages.is_closed, false) as is_closed,
        coalesce(stages.is_won, false) as is_won,
        coalesce(stages.is_real, true) as is_real
    from known
    left join stages
        on known.stage_key = stages.stage_key
)

select * from final
