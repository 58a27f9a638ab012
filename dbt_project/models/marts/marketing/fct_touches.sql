{{ config(key='touch_key', reached={'int_people': 'int_touches_completed.person_key'}) }}

with touches as (
    select * from {{ ref('int_touches_completed') }}
),

campaigns as (
    select * from {{ ref('dim_campaigns') }}
),

people as (
    select * from {{ ref('int_people') }}
),

channels as (
    select * from {{ ref('dim_channels') }}
),

final as (
    select
        touches.touch_key,
        touches.source_system,
        nullif(touches.touch_id, '') as touch_id,
        case when touches.is_counted_lead then touches.person_key end as lead_key,
        coalesce(campaigns.campaign_key, '(unknown)') as campaign_key,
        touches.campaign_id,
        touches.channel,
        touches.source,
        cast(1 as integer) as touch_count,
        cast(touches.touch_number as integer) as touch_number,
        channels.is_paid as is_paid_channel,
        touches.is_implied,
        touches.touched_date,
        touches.touched_at,
        people.source_url
    from touches
    inner join people
        on touches.person_key = people.person_key
    inner join channels
        on touches.channel = channels.channel
    left join campaigns
        on touches.source_system = campaigns.source_system
        and touches.campaign_id = campaigns.campaign_id
)

select * from final
