{{ config(key='record_id') }}

with files_touches as (
    select * from {{ ref('int_files_touches_mapped') }}
),

hubspot_touches as (
    select * from {{ ref('int_hubspot_touches_mapped') }}
),

final as (
    select
        files_touches.touch_id,
        files_touches.lead_id,
        files_touches.touched_at,
        files_touches.source,
        files_touches.campaign_id,
        files_touches.touch_type,
        files_touches.source_system,
        files_touches.record_id,
        files_touches.updated_at,
        files_touches.is_deleted,
        files_touches.source_url
    from files_touches
    union all
    select
        hubspot_touches.touch_id,
        hubspot_touches.lead_id,
        hubspot_touches.touched_at,
        hubspot_touches.source,
        hubspot_touches.campaign_id,
        hubspot_touches.touch_type,
        hubspot_touches.source_system,
        hubspot_touches.record_id,
        hubspot_touches.updated_at,
        hubspot_touches.is_deleted,
        hubspot_touches.source_url
    from hubspot_touches
)

select * from final
