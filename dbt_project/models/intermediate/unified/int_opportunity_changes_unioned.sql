with files_opportunity_changes as (
    select * from {{ ref('stg_files__opportunity_changes') }}
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
)

select * from final
