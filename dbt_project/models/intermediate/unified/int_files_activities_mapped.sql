{{ config(materialized='view') }}

with files_activities as (
    select * from {{ ref('stg_files__activities') }}
),

account_names as (
    select * from {{ ref('int_files_names_resolved') }}
    where entity = 'accounts'
),

run_parameters as (
    select * from {{ ref('int_run_parameters') }}
),

final as (
    select
        files_activities.activity_id,
        files_activities.activity_type,
        files_activities.direction,
        files_activities.occurred_at,
        files_activities.sales_rep_id,
        files_activities.lead_id,
        coalesce(files_activities.account_id, account_names.resolved_id) as account_id,
        files_activities.opportunity_id,
        coalesce(
            files_activities.is_completed,
            {{ reporting_date('files_activities.occurred_at') }} <= run_parameters.as_of_date
        ) as is_completed,
        files_activities.is_automated,
        files_activities.duration_minutes,
        files_activities.source_system,
        files_activities.record_id,
        files_activities.updated_at,
        files_activities.is_deleted,
        files_activities.source_url
    from files_activities
    left join account_names
        on
            files_activities.source_system = account_names.source_system
            and {{ comparable_text('files_activities.account_name') }} = account_names.name_key
    cross join run_parameters
)

select * from final
