with stages as (
    select * from {{ ref('int_stages_ordered') }}
),

pipeline_stages as (
    select * from {{ ref('int_pipeline_stages_unioned') }}
),

declared as (
    select
        source_system,
        pipeline_id,
        stage_id
    from pipeline_stages
    where not is_deleted
),

open_stages as (
    select
        stages.stage_key,
        stages.source_system,
        stages.pipeline_id,
        stages.stage_id,
        stages.stage_order,
        declared.stage_id is not null as is_declared,
        count(declared.stage_id) over (
            partition by stages.source_system, stages.pipeline_id
        ) as declared_count
    from stages
    left join declared
        on stages.source_system = declared.source_system
        and stages.pipeline_id = declared.pipeline_id
        and stages.stage_id = declared.stage_id
    where stages.is_real
        and not stages.is_closed
),

-- the word open is a stage of pipelines that have no other
placed as (
    select
        stage_key,
        source_system,
        pipeline_id,
        stage_id,
        row_number() over (
            partition by source_system, pipeline_id order by stage_order, stage_id
        ) as stage_place,
        lead(stage_id) over (
            partition by source_system, pipeline_id order by stage_order, stage_id
        ) as next_stage_id
    from open_stages
    where is_declared
        or declared_count = 0
),

final as (
    select
        stage_key,
        source_system,
        pipeline_id,
        stage_place,
        pipeline_id || ':' || stage_id as pipeline_stage,
        pipeline_id || ':' || stage_id || '>' || coalesce(next_stage_id, 'won') as pipeline_step
    from placed
)

select * from final
