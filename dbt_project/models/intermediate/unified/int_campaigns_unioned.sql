with files_campaigns as (
    select * from {{ ref('int_files_campaigns_mapped') }}
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
)

select * from final
