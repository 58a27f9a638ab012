{{ config(key='opportunity_id') }}

with files_opportunity_stage_events as (
    select * from {{ ref('stg_files__opportunity_stage_events') }}
),

derived_opportunity_stage_events as (
    select * from {{ ref('int_files_opportunity_stage_events_derived') }}
),

hubspot_opportunity_stage_events as (
    select * from {{ ref('int_hubspot_opportunity_stage_events_mapped') }}
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
    union all
    select
        derived_opportunity_stage_events.opportunity_id,
        derived_opportunity_stage_events.stage_id,
        derived_opportunity_stage_events.entered_at,
        derived_opportunity_stage_events.source_system,
        derived_opportunity_stage_events.record_id,
        derived_opportunity_stage_events.updated_at,
        derived_opportunity_stage_events.is_deleted,
        derived_opportunity_stage_events.source_url
    from derived_opportunity_stage_events
    union all
    select
        hubspot_opportunity_stage_events.opportunity_id,
        hubspot_opportunity_stage_events.stage_id,
        hubspot_opportunity_stage_events.entered_at,
        hubspot_opportunity_stage_events.source_system,
        hubspot_opportunity_stage_events.record_id,
        hubspot_opportunity_stage_events.updated_at,
        hubspot_opportunity_stage_events.is_deleted,
        hubspot_opportunity_stage_events.source_url
    from hubspot_opportunity_stage_events
)

select * from final
