{{ config(
    key='opportunity_key',
    reached={
        'int_people_resolved': 'int_opportunity_people_resolved.person_key',
        'int_people_merged': 'int_opportunity_people_resolved.person_key'
    }
) }}
-- depends_on: {{ ref('int_opportunity_people_resolved') }}

with opportunities as (
    select * from {{ ref('int_opportunities_kept') }}
),

opportunity_contacts as (
    select * from {{ ref('int_opportunity_contacts_merged') }}
),

people_resolved as (
    select * from {{ ref('int_people_resolved') }}
),

people as (
    select * from {{ ref('int_people_merged') }}
),

-- the record's own contact is the primary one; only without it the associations tell it
candidates as (
    select
        opportunities.opportunity_key,
        people_resolved.person_key,
        case when opportunity_contacts.is_primary then 2 else 3 end as contact_rank
    from opportunities
    inner join opportunity_contacts
        on opportunities.opportunity_key = opportunity_contacts.opportunity_key
    inner join people_resolved
        on opportunity_contacts.source_system = people_resolved.source_system
        and opportunity_contacts.lead_id = people_resolved.lead_id
    where not opportunity_contacts.is_deleted
    union all
    select
        opportunities.opportunity_key,
        people_resolved.person_key,
        1 as contact_rank
    from opportunities
    inner join people_resolved
        on opportunities.source_system = people_resolved.source_system
        and opportunities.lead_id = people_resolved.lead_id
),

-- duplicate associations and two records of one person rank side by side and count once
ranked as (
    select
        candidates.opportunity_key,
        candidates.person_key,
        row_number() over (
            partition by candidates.opportunity_key
            order by candidates.contact_rank, people.created_at, people.lead_id, people.source_system
        ) as choice
    from candidates
    inner join people
        on candidates.person_key = people.person_key
),

final as (
    select
        opportunity_key,
        person_key as primary_person_key
    from ranked
    where choice = 1
)

select * from final
