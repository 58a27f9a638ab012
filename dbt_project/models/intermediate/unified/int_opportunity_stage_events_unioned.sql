with files_opportunity_stage_events as (
    select * from {{ ref('stg_files__opportunity_stage_events') }}
),

final as (
    select
        files_opportunity_stage_events.opportunity_id,
        files_opportunity_stage_events.stage_id,
        files_opportunity_stage_events.entered_at,
        files_opportunity_stage_events.source_system,
        files_opportunity_stage_events.record_id,
        files_opportunity_stage_events.updated_at,
        files_opportunity_stage_events.is_deleted,
        files_opportunity_stage_events.source_url
    from files_opportunity_stage_events
)

select * from final
