with files_opportunity_contacts as (
    select * from {{ ref('stg_files__opportunity_contacts') }}
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
)

select * from final
