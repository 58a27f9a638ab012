{{ config(key='opportunity_key', reached={'int_people': 'int_opportunity_people_resolved.person_key'}) }}

with opportunities as (
    select * from {{ ref('int_opportunities_valued') }}
),

contacts as (
    select * from {{ ref('int_opportunity_people_resolved') }}
),

people as (
    select * from {{ ref('int_people') }}
),

-- an opportunity without any contact has the unknown one, so that no join loses it
linked as (
    select
        opportunities.opportunity_key,
        coalesce(contacts.person_key, '(unknown)') as contact_key,
        coalesce(contacts.person_key = opportunities.primary_person_key, true) as is_primary
    from opportunities
    left join contacts
        on opportunities.opportunity_key = contacts.opportunity_key
),

final as (
    select
        {{ surrogate_key(['linked.opportunity_key', 'linked.contact_key']) }} as opportunity_contact_key,
        linked.opportunity_key,
        linked.contact_key,
        people.person_key as lead_key,
        cast(case when linked.is_primary then 1 else 0 end as integer) as primary_count,
        linked.is_primary
    from linked
    left join people
        on linked.contact_key = people.person_key
        and people.is_counted_lead
)

select * from final
