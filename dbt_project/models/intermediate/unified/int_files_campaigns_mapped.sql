{{ config(materialized='view') }}

with files_campaigns as (
    select * from {{ ref('stg_files__campaigns') }}
),

implied as (
    select * from {{ ref('int_files_names_resolved') }}
    where entity = 'campaigns' and is_implied
),

final as (
    select
        files_campaigns.campaign_id,
        files_campaigns.campaign_name,
        files_campaigns.channel,
        files_campaigns.source_system,
        files_campaigns.record_id,
        files_campaigns.updated_at,
        files_campaigns.is_deleted,
        files_campaigns.source_url
    from files_campaigns
    union all
    select
        implied.resolved_id as campaign_id,
        implied.thing_name as campaign_name,
        '(unknown)' as channel,
        implied.source_system,
        implied.resolved_id as record_id,
        cast(null as timestamp) as updated_at,
        false as is_deleted,
        cast(null as {{ dbt.type_string() }}) as source_url
    from implied
)

select * from final
