{{ config(key='opportunity_key') }}

with opportunities as (
    select * from {{ ref('int_opportunities_kept') }}
),

opportunity_contacts as (
    select * from {{ ref('int_opportunity_contacts_merged') }}
),

people as (
    select * from {{ ref('int_people_resolved') }}
),

contacts as (
    select
        opportunity_key,
        source_system,
        lead_id
    from opportunity_contacts
    where not is_deleted
    union
    select
        opportunity_key,
        source_system,
        lead_id
    from opportunities
    where lead_id is not null
),

-- duplicate associations and several records of one person are one contact
final as (
    select distinct
        opportunities.opportunity_key,
        people.person_key
    from opportunities
    inner join contacts
        on opportunities.opportunity_key = contacts.opportunity_key
    inner join people
        on contacts.source_system = people.source_system
        and contacts.lead_id = people.lead_id
)

select * from final
