with opportunities as (
    select * from {{ ref('int_opportunities_kept') }}
),

files_versions as (
    select * from {{ ref('stg_files__opportunity_versions') }}
),

hubspot_versions as (
    select * from {{ ref('stg_hubspot__deal_versions') }}
),

stages as (
    select * from {{ ref('int_stages_ordered') }}
),

all_versions as (
    select source_system, opportunity_id, pipeline_id, stage as stage_id, updated_at
    from files_versions
    union all
    select
        source_system,
        deal_id as opportunity_id,
        coalesce(pipeline_id, 'default') as pipeline_id,
        deal_stage as stage_id,
        updated_at
    from hubspot_versions
    union all
    select source_system, opportunity_id, pipeline_id, stage_id, updated_at
    from opportunities
),

final as (
    select
        all_versions.source_system,
        all_versions.opportunity_id,
        min(all_versions.updated_at) as first_seen_closed_at,
        {{ reporting_date('min(all_versions.updated_at)') }} as first_seen_closed_date
    from all_versions
    inner join stages
        on all_versions.source_system = stages.source_system
        and all_versions.pipeline_id = stages.pipeline_id
        and all_versions.stage_id = stages.stage_id
    where stages.is_closed
    group by all_versions.source_system, all_versions.opportunity_id
)

select * from final
