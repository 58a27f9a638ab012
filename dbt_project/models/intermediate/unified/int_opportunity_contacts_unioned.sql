{{ config(key='record_id') }}

with files_opportunity_contacts as (
    select * from {{ ref('stg_files__opportunity_contacts') }}
),

hubspot_opportunity_contacts as (
    select * from {{ ref('int_hubspot_opportunity_contacts_mapped') }}
),

final as (
    select
        files_opportunity_contacts.opportunity_id,
        files_opportunity_contacts.lead_id,
        files_opportunity_contacts.is_primary,
        files_opportunity_contacts.role,
        files_opportunity_contacts.source_system,
        files_opportunity_contacts.record_id,
        files_opportunity_contacts.updated_at,
        files_opportunity_contacts.is_deleted,
        files_opportunity_contacts.source_url
    from files_opportunity_contacts
    union all
    select
        hubspot_opportunity_contacts.opportunity_id,
        hubspot_opportunity_contacts.lead_id,
        hubspot_opportunity_contacts.is_primary,
        hubspot_opportunity_contacts.role,
        hubspot_opportunity_contacts.source_system,
        hubspot_opportunity_contacts.record_id,
        hubspot_opportunity_contacts.updated_at,
        hubspot_opportunity_contacts.is_deleted,
        hubspot_opportunity_contacts.source_url
    from hubspot_opportunity_contacts
)

select * from final
