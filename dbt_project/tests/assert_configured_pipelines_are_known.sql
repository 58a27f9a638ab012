-- Pipelines and first stages of the configuration that their source does not have: opportunities would be counted from
-- another stage on, and renewals as new business.
with pipeline_settings as (
    select * from {{ ref('stg_meta__pipeline_settings') }}
),

stages as (
    select * from {{ ref('int_stages_ordered') }}
),

pipelines as (
    select distinct source_system, pipeline_id
    from stages
),

systems as (
    select distinct source_system
    from pipelines
)

select
    pipeline_settings.source_system,
    pipeline_settings.pipeline_id,
    pipeline_settings.first_real_stage_id,
    case when pipelines.pipeline_id is null then 'unknown_pipeline' else 'unknown_stage' end as finding
from pipeline_settings
inner join systems
    on pipeline_settings.source_system = systems.source_system
left join pipelines
    on pipeline_settings.source_system = pipelines.source_system
    and pipeline_settings.pipeline_id = pipelines.pipeline_id
left join stages
    on pipeline_settings.source_system = stages.source_system
    and pipeline_settings.pipeline_id = stages.pipeline_id
    and pipeline_settings.first_real_stage_id = stages.stage_id
where pipelines.pipeline_id is null
    or (pipeline_settings.first_real_stage_id is not null and stages.stage_id is null)
