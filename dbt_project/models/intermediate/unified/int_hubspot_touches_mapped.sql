{{ config(key='lead_id', reached={'stg_hubspot__contacts': 'contact_id'}) }}

with contacts as (
    select * from {{ ref('stg_hubspot__contacts') }}
),

value_mappings as (
    select * from {{ ref('stg_meta__value_mappings') }}
    where
        source_system = 'hubspot'
        and entity = 'touches'
        and column_name = 'campaign_id'
),

campaign_ids as (
    select {{ comparable_text('source_value') }} as campaign_name, unified_value as campaign_id
    from value_mappings
),

-- A later touch of the same instant is the same touch.
mentions as (
    select
        contacts.contact_id,
        1 as mention_order,
        'first' as touch_type,
        contacts.analytics_first_at as touched_at,
        contacts.analytics_source as source,
        contacts.analytics_source_data_1 as source_detail
    from contacts
    union all
    select
        contacts.contact_id,
        2 as mention_order,
        'latest' as touch_type,
        contacts.latest_source_at as touched_at,
        contacts.latest_source as source,
        contacts.latest_source_data_1 as source_detail
    from contacts
    union all
    select
        contacts.contact_id,
        3 as mention_order,
        'first_conversion' as touch_type,
        contacts.first_conversion_at as touched_at,
        contacts.analytics_source as source,
        contacts.analytics_source_data_1 as source_detail
    from contacts
    union all
    select
        contacts.contact_id,
        4 as mention_order,
        'recent_conversion' as touch_type,
        contacts.recent_conversion_at as touched_at,
        contacts.latest_source as source,
        contacts.latest_source_data_1 as source_detail
    from contacts
),

ranked as (
    select
        mentions.contact_id,
        mentions.touch_type,
        mentions.touched_at,
        mentions.source,
        mentions.source_detail,
        row_number() over (
            partition by mentions.contact_id, mentions.touched_at
            order by mentions.mention_order
        ) as mention_rank
    from mentions
    where mentions.touched_at is not null
),

final as (
    select
        ranked.contact_id || '-' || ranked.touch_type as touch_id,
        ranked.contact_id as lead_id,
        ranked.touched_at,
        ranked.source,
        -- HubSpot names the campaign; the configuration may give the ad platform's id of that name
        case
            when ranked.source like 'PAID%' then coalesce(campaign_ids.campaign_id, ranked.source_detail)
        end as campaign_id,
        ranked.touch_type,
        contacts.source_system,
        ranked.contact_id || '-' || ranked.touch_type as record_id,
        contacts.updated_at,
        -- an archived contact's touches stay: it may be a merged loser whose history still counts
        false as is_deleted,
        contacts.source_url
    from ranked
    inner join contacts
        on ranked.contact_id = contacts.contact_id
    left join campaign_ids
        on {{ comparable_text('ranked.source_detail') }} = campaign_ids.campaign_name
    where ranked.mention_rank = 1
)

select * from final
