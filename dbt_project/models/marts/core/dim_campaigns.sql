with campaigns as (
    select * from {{ ref('int_campaigns_unioned') }}
),

final as (
    select
        {{ surrogate_key(['source_system', 'campaign_id']) }} as campaign_key,
        source_system,
        campaign_id,
        campaign_name,
        coalesce(channel, '(unknown)') as channel,
        is_deleted,
        source_url
    from campaigns
    union all
    select
        '(unknown)' as campaign_key,
        '(unknown)' as source_system,
        '(unknown)' as campaign_id,
        '(unknown)' as campaign_name,
        '(unknown)' as channel,
        false as is_deleted,
        null as source_url
)

select * from final
