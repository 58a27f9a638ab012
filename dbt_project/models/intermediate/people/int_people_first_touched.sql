{{ config(key='person_key') }}

with people as (
    select * from {{ ref('int_people_merged') }}
),

dated as (
    select * from {{ ref('int_people_dated') }}
),

touches as (
    select * from {{ ref('int_touches_resolved') }}
),

channels as (
    select * from {{ ref('int_channels_mapped') }}
),

ranked_touches as (
    select
        person_key,
        touched_date,
        source_system,
        source,
        campaign_id,
        channel,
        row_number() over (
            partition by person_key
            order by touched_at, touch_id, source_system
        ) as touch_rank
    from touches
),

-- a person that never was a lead is dated by its creation
referenced as (
    select
        people.person_key,
        {{ reporting_date('coalesce(dated.lead_at, people.created_at)') }} as reference_date,
        people.first_source_system,
        people.first_source,
        coalesce({{ comparable_text('people.first_source') }}, '') as comparable_source,
        people.first_campaign_id
    from people
    left join dated
        on people.person_key = dated.person_key
),

-- without a touch up to that date there is one on it, with the source of the earliest record
final as (
    select
        referenced.person_key,
        referenced.reference_date,
        first_touches.person_key is null as is_implied_touch,
        coalesce(first_touches.touched_date, referenced.reference_date) as first_touch_date,
        case
            when first_touches.person_key is not null then first_touches.source
            else referenced.first_source
        end as source,
        case
            when first_touches.person_key is not null then first_touches.source_system
            else referenced.first_source_system
        end as source_system,
        case
            when first_touches.person_key is not null then first_touches.campaign_id
            else referenced.first_campaign_id
        end as campaign_id,
        coalesce(
            first_touches.channel, own_channels.channel, any_channels.channel, '(unknown)'
        ) as channel
    from referenced
    left join ranked_touches as first_touches
        on referenced.person_key = first_touches.person_key
        and first_touches.touch_rank = 1
        and referenced.reference_date >= first_touches.touched_date
    left join channels as own_channels
        on referenced.first_source_system = own_channels.mapped_source_system
        and referenced.comparable_source = own_channels.comparable_source
    left join channels as any_channels
        on any_channels.mapped_source_system = ''
        and referenced.comparable_source = any_channels.comparable_source
)

select * from final
