with files_activities as (
    select * from {{ ref('int_files_activities_mapped') }}
),

final as (
    select
        files_activities.activity_id,
        files_activities.activity_type,
        files_activities.direction,
        files_activities.occurred_at,
        files_activities.sales_rep_id,
        files_activities.lead_id,
        files_activities.account_id,
        files_activities.opportunity_id,
        files_activities.is_completed,
        files_activities.is_automated,
        files_activities.duration_minutes,
        files_activities.source_system,
        files_activities.record_id,
        files_activities.updated_at,
        files_activities.is_deleted,
        files_activities.source_url
    from files_activities
)

select * from final
