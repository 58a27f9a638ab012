{{ config(key='opportunity_id') }}

with files_opportunity_changes as (
    select * from {{ ref('stg_files__opportunity_changes') }}
),

derived_opportunity_changes as (
    select * from {{ ref('int_files_opportunity_changes_derived') }}
),

hubspot_opportunity_changes as (
    select * from {{ ref('int_hubspot_opportunity_changes_mapped') }}
),

final as (
    select
        files_opportunity_changes.opportunity_id,
        files_opportunity_changes.field,
        files_opportunity_changes.value,
        files_opportunity_changes.changed_at,
        files_opportunity_changes.source_system,
        files_opportunity_changes.record_id,
        files_opportunity_changes.updated_at,
        files_opportunity_changes.is_deleted,
        files_opportunity_changes.source_url
    from files_opportunity_changes
    union all
    select
        derived_opportunity_changes.opportunity_id,
        derived_opportunity_changes.field,
        derived_opportunity_changes.value,
        derived_opportunity_changes.changed_at,
        derived_opportunity_changes.source_system,
        derived_opportunity_changes.record_id,
        derived_opportunity_changes.updated_at,
        derived_opportunity_changes.is_deleted,
        derived_opportunity_changes.source_url
    from derived_opportunity_changes
    union all
    select
        hubspot_opportunity_changes.opportunity_id,
        hubspot_opportunity_changes.field,
        hubspot_opportunity_changes.value,
        hubspot_opportunity_changes.changed_at,
        hubspot_opportunity_changes.source_system,
        hubspot_opportunity_changes.record_id,
        hubspot_opportunity_changes.updated_at,
        hubspot_opportunity_changes.is_deleted,
        hubspot_opportunity_changes.source_url
    from hubspot_opportunity_changes
)

select * from final
