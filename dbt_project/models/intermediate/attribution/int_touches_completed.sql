{{ config(key='person_key') }}

with touches as (
    select * from {{ ref('int_touches_resolved') }}
),

people as (
    select * from {{ ref('int_people') }}
),

first_touched as (
    select * from {{ ref('int_people_first_touched') }}
),

-- records of one person can tell the same touch
recorded as (
    select
        person_key,
        source_system,
        touch_id,
        touched_at,
        touched_date,
        source,
        max(campaign_id) over (partition by person_key, touched_at, source) as campaign_id,
        channel,
        row_number() over (
            partition by person_key, touched_at, source
            order by touch_id, source_system
        ) as mention_rank
    from touches
),

completed as (
    select
        person_key,
        source_system,
        touch_id,
        touched_at,
        touched_date,
        source,
        campaign_id,
        channel,
        false as is_implied
    from recorded
    where mention_rank = 1
    union all
    -- without a touch up to its lead date a person has one at it
    select
        first_touched.person_key,
        first_touched.source_system,
        '' as touch_id,
        coalesce(people.lead_at, people.created_at) as touched_at,
        first_touched.reference_date as touched_date,
        first_touched.source,
        first_touched.campaign_id,
        first_touched.channel,
        true as is_implied
    from first_touched
    inner join people
        on first_touched.person_key = people.person_key
    where first_touched.is_implied_touch
),

final as (
    select
        {{ surrogate_key(['completed.person_key', 'completed.source_system', 'completed.touch_id']) }} as touch_key,
        completed.person_key,
        people.lead_id,
        people.is_counted_lead,
        completed.source_system,
        completed.touch_id,
        completed.touched_at,
        completed.touched_date,
        completed.source,
        completed.campaign_id,
        completed.channel,
        row_number() over (
            partition by completed.person_key
            order by completed.touched_at, completed.touch_id, completed.source_system
        ) as touch_number,
        completed.is_implied
    from completed
    inner join people
        on completed.person_key = people.person_key
)

select * from final
