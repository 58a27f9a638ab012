with opportunities as (
    select * from {{ ref('int_opportunities_kept') }}
),

versions as (
    select * from {{ ref('stg_files__opportunity_versions') }}
),

stages as (
    select * from {{ ref('int_stages_ordered') }}
),

all_versions as (
    select source_system, opportunity_id, pipeline_id, stage as stage_id, updated_at
    from versions
    union all
    select source_system, opportunity_id, pipeline_id, stage_id, updated_at
    from opportunities
),

final as (
    select
        all_versions.source_system,
        all_versions.opportunity_id,
        min({{ reporting_date('all_versions.updated_at') }}) as first_seen_closed_date
    from all_versions
    inner join stages
        on all_versions.source_system = stages.source_system
        and all_versions.pipeline_id = stages.pipeline_id
        and all_versions.stage_id = stages.stage_id
    where stages.is_closed
    group by all_versions.source_system, all_versions.opportunity_id
)

select * from final
