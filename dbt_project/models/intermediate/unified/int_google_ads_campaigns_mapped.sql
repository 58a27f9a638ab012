with campaigns as (
    select * from {{ ref('stg_google_ads__campaigns') }}
),

channel_mappings as (
    select * from {{ ref('stg_meta__value_mappings') }}
    where
        source_system = 'google_ads'
        and entity = 'campaigns'
        and column_name = 'channel'
),

final as (
    select
        campaigns.campaign_id,
        campaigns.campaign_name,
        case
            when channel_mappings.unified_value is not null then channel_mappings.unified_value
            when campaigns.advertising_channel_type = 'DISPLAY' then 'display'
            when campaigns.advertising_channel_type = 'VIDEO' then 'video'
            else 'paid_search'
        end as channel,
        campaigns.source_system,
        campaigns.record_id,
        campaigns.updated_at,
        -- a removed campaign keeps its spend and its name
        false as is_deleted,
        cast(null as {{ dbt.type_string() }}) as source_url
    from campaigns
    left join channel_mappings
        on {{ comparable_text('campaigns.advertising_channel_type') }}
            = {{ comparable_text('channel_mappings.source_value') }}
)

select * from final
