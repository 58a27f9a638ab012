{{ config(materialized='view') }}

with files_touches as (
    select * from {{ ref('stg_files__touches') }}
),

campaign_names as (
    select * from {{ ref('int_files_names_resolved') }}
    where entity = 'campaigns'
),

final as (
    select
        files_touches.touch_id,
        files_touches.lead_id,
        files_touches.touched_at,
        files_touches.source,
        coalesce(files_touches.campaign_id, campaign_names.resolved_id) as campaign_id,
        files_touches.touch_type,
        files_touches.source_system,
        files_touches.record_id,
        files_touches.updated_at,
        files_touches.is_deleted,
        files_touches.source_url
    from files_touches
    left join campaign_names
        on
            files_touches.source_system = campaign_names.source_system
            and {{ comparable_text('files_touches.campaign_name') }} = campaign_names.name_key
)

select * from final
