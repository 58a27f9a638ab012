with files_pipeline_stages as (
    select * from {{ ref('int_files_pipeline_stages_mapped') }}
),

hubspot_pipeline_stages as (
    select * from {{ ref('int_hubspot_pipeline_stages_mapped') }}
),

final as (
    select
        files_pipeline_stages.pipeline_id,
        files_pipeline_stages.stage_id,
        files_pipeline_stages.stage_label,
        files_pipeline_stages.stage_order,
        files_pipeline_stages.probability,
        files_pipeline_stages.is_closed,
        files_pipeline_stages.is_won,
        files_pipeline_stages.is_real,
        files_pipeline_stages.source_system,
        files_pipeline_stages.record_id,
        files_pipeline_stages.updated_at,
        files_pipeline_stages.is_deleted,
        files_pipeline_stages.source_url
    from files_pipeline_stages
    union all
    select
        hubspot_pipeline_stages.pipeline_id,
        hubspot_pipeline_stages.stage_id,
        hubspot_pipeline_stages.stage_label,
        hubspot_pipeline_stages.stage_order,
        hubspot_pipeline_stages.probability,
        hubspot_pipeline_stages.is_closed,
        hubspot_pipeline_stages.is_won,
        hubspot_pipeline_stages.is_real,
        hubspot_pipeline_stages.source_system,
        hubspot_pipeline_stages.record_id,
        hubspot_pipeline_stages.updated_at,
        hubspot_pipeline_stages.is_deleted,
        hubspot_pipeline_stages.source_url
    from hubspot_pipeline_stages
)

select * from final
