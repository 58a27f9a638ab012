{{ config(severity='warn') }}
-- Persons that reached a milestone before the one that it follows. They count at both, and the pair has no duration.
with people as (
    select * from {{ ref('int_people') }}
),

milestones as (
    select * from {{ ref('int_people_milestones_reached') }}
),

pairs as (
    select milestones.person_key, 'mql before lead' as found
    from milestones
    inner join people
        on milestones.person_key = people.person_key
    where milestones.first_mql_date < people.reference_date
    union all
    select milestones.person_key, 'won before lead' as found
    from milestones
    inner join people
        on milestones.person_key = people.person_key
    where milestones.first_won_date < people.reference_date
    union all
    select person_key, 'sql before mql' as found
    from milestones
    where is_mql_after_sql
    union all
    select person_key, 'opportunity before sql' as found
    from milestones
    where first_opportunity_date < first_sql_date
    union all
    select person_key, 'won before opportunity' as found
    from milestones
    where first_won_date < first_opportunity_date
)

select
    pairs.found,
    people.source_system,
    people.lead_id
from pairs
inner join people
    on pairs.person_key = people.person_key
