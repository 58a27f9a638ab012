{{ config(key='person_key') }}

with people as (
    select * from {{ ref('int_people') }}
),

milestones as (
    select * from {{ ref('int_people_milestones_reached') }}
),

stages (funnel_stage, funnel_place) as (
    values
    ('lead', 1),
    ('mql', 2),
    ('sql', 3),
    ('opportunity', 4),
    ('won', 5)
),

dated as (
    select
        milestones.person_key,
        people.reference_date as lead_date,
        stages.funnel_place,
        case stages.funnel_stage
            when 'lead' then people.reference_date
            when 'mql' then milestones.first_mql_date
            when 'sql' then milestones.first_sql_date
            when 'opportunity' then milestones.first_opportunity_date
            else milestones.first_won_date
        end as first_date
    from milestones
    inner join people
        on milestones.person_key = people.person_key
    cross join stages
),

passages as (
    select
        person_key,
        lead_date,
        funnel_place,
        first_date
    from dated
    where first_date is not null
),

-- who reached a later stage passed this one, on its own date or on the first later one
reached as (
    select
        passages.person_key,
        passages.lead_date,
        stages.funnel_stage,
        stages.funnel_place,
        min(case when passages.funnel_place = stages.funnel_place then passages.first_date end) as own_date,
        min(passages.first_date) as first_date,
        max(passages.funnel_place) as furthest_place
    from passages
    inner join stages
        on passages.funnel_place >= stages.funnel_place
    group by
        passages.person_key,
        passages.lead_date,
        stages.funnel_stage,
        stages.funnel_place
),

final as (
    select
        person_key,
        funnel_stage,
        funnel_place,
        lead_date,
        coalesce(own_date, first_date) as reached_date,
        own_date is null as is_implied,
        furthest_place > funnel_place as has_next
    from reached
)

select * from final
