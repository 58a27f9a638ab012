with files_identity_links as (
    select * from {{ ref('stg_files__identity_links') }}
),

final as (
    select
        files_identity_links.entity,
        files_identity_links.linked_source_system,
        files_identity_links.id,
        files_identity_links.canonical_source_system,
        files_identity_links.canonical_id,
        files_identity_links.reason,
        files_identity_links.source_system,
        files_identity_links.record_id,
        files_identity_links.updated_at,
        files_identity_links.is_deleted,
        files_identity_links.source_url
    from files_identity_links
)

select * from final
