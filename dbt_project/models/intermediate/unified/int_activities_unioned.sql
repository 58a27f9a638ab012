{{ config(
    key='record_id',
    on_days={'stg_files__activities': dated_at('occurred_at')}
) }}

with files_activities as (
    select * from {{ ref('int_files_activities_mapped') }}
),

hubspot_activities as (
    select * from {{ ref('int_hubspot_activities_mapped') }}
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
    union all
    select
        hubspot_activities.activity_id,
        hubspot_activities.activity_type,
        hubspot_activities.direction,
        hubspot_activities.occurred_at,
        hubspot_activities.sales_rep_id,
        hubspot_activities.lead_id,
        hubspot_activities.account_id,
        hubspot_activities.opportunity_id,
        hubspot_activities.is_completed,
        hubspot_activities.is_automated,
        hubspot_activities.duration_minutes,
        hubspot_activities.source_system,
        hubspot_activities.record_id,
        hubspot_activities.updated_at,
        hubspot_activities.is_deleted,
        hubspot_activities.source_url
    from hubspot_activities
)

select * from final
