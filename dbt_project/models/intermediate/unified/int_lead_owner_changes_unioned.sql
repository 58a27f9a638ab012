{{ config(key='lead_id') }}

with files_changes as (
    select * from {{ ref('int_files_lead_owner_changes_derived') }}
),

hubspot_changes as (
    select * from {{ ref('int_hubspot_lead_owner_changes_mapped') }}
),

final as (
    select
        files_changes.lead_id,
        files_changes.owner_sales_rep_id,
        files_changes.changed_at,
        files_changes.source_system
    from files_changes
    union all
    select
        hubspot_changes.lead_id,
        hubspot_changes.owner_sales_rep_id,
        hubspot_changes.changed_at,
        hubspot_changes.source_system
    from hubspot_changes
)

select * from final
