{{ config(
    key='opportunity_key',
    reached={'int_opportunity_stage_events_unioned': 'int_opportunities_kept.opportunity_id'},
    on_days={'int_opportunity_stage_events_unioned': dated_at('entered_at')}
) }}

with stage_events as (
    select * from {{ ref('int_opportunity_stage_events_unioned') }}
),

opportunities as (
    select * from {{ ref('int_opportunities_kept') }}
),

stages as (
    select * from {{ ref('int_stages_ordered') }}
),

run_parameters as (
    select * from {{ ref('int_run_parameters') }}
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

happened as (
    select distinct
        opportunities.opportunity_key,
        opportunities.source_system,
        opportunities.opportunity_id,
        opportunities.pipeline_id,
        stage_events.stage_id,
        stage_events.entered_at
    from stage_events
    inner join run_parameters
        on {{ reporting_date('stage_events.entered_at') }} <= run_parameters.as_of_date
    inner join opportunities
        on stage_events.source_system = opportunities.source_system
        and stage_events.opportunity_id = opportunities.opportunity_id
    where not stage_events.is_deleted
),

known as (
    select
        happened.opportunity_key,
        happened.stage_id,
        happened.entered_at,
        coalesce(own_stages.stage_key, stages_by_id.stage_key) as stage_key
    from happened
    left join stages as own_stages
        on happened.source_system = own_stages.source_system
        and happened.pipeline_id = own_stages.pipeline_id
        and happened.stage_id = own_stages.stage_id
    left join stages_by_id
        on happened.source_system = stages_by_id.source_system
        and happened.stage_id = stages_by_id.stage_id
),

ordered as (
    select
        known.opportunity_key,
        known.stage_id,
        known.stage_key,
        known.entered_at,
        coalesce(stages.stage_order, 0) as stage_order,
        coalesce(stages.is_closed, false) as is_closed,
        coalesce(stages.is_won, false) as is_won,
        coalesce(stages.is_real, true) as is_real,
        lag(known.stage_id) over (
            partition by known.opportunity_key
            order by known.entered_at, coalesce(stages.stage_order, 0)
        ) as previous_stage_id
    from known
    left join stages
        on known.stage_key = stages.stage_key
),

-- entering the stage that one is in changes nothing
final as (
    select
        opportunity_key,
        stage_id,
        coalesce(stage_key, '(unknown)') as stage_key,
        entered_at,
        {{ reporting_date('entered_at') }} as entered_date,
        stage_order,
        is_closed,
        is_won,
        is_real
    from ordered
    where previous_stage_id is distinct from stage_id
)

select * from final
