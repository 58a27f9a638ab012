with files_lead_exclusions as (
    select * from {{ ref('stg_files__lead_exclusions') }}
),

final as (
    select
        files_lead_exclusions.rule_type,
        files_lead_exclusions.value,
        files_lead_exclusions.reason,
        files_lead_exclusions.source_system,
        files_lead_exclusions.record_id,
        files_lead_exclusions.updated_at,
        files_lead_exclusions.is_deleted,
        files_lead_exclusions.source_url
    from files_lead_exclusions
)

select * from final
