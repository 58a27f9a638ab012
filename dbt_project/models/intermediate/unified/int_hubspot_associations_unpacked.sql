{{ config(key='from_id') }}

-- More imports than usual: one list of associations per pair of objects.
with contact_companies as (
    select * from {{ ref('stg_hubspot__contact_companies') }}
),

deal_contacts as (
    select * from {{ ref('stg_hubspot__deal_contacts') }}
),

deal_companies as (
    select * from {{ ref('stg_hubspot__deal_companies') }}
),

deal_line_items as (
    select * from {{ ref('stg_hubspot__deal_line_items') }}
),

quote_deals as (
    select * from {{ ref('stg_hubspot__quote_deals') }}
),

ticket_companies as (
    select * from {{ ref('stg_hubspot__ticket_companies') }}
),

call_contacts as (
    select * from {{ ref('stg_hubspot__call_contacts') }}
),

meeting_contacts as (
    select * from {{ ref('stg_hubspot__meeting_contacts') }}
),

email_contacts as (
    select * from {{ ref('stg_hubspot__email_contacts') }}
),

lists as (
    select
        'contact_companies' as association,
        contact_companies.from_id,
        contact_companies.to_objects,
        contact_companies.updated_at
    from contact_companies
    where not contact_companies.is_deleted
    union all
    select
        'deal_contacts' as association,
        deal_contacts.from_id,
        deal_contacts.to_objects,
        deal_contacts.updated_at
    from deal_contacts
    where not deal_contacts.is_deleted
    union all
    select
        'deal_companies' as association,
        deal_companies.from_id,
        deal_companies.to_objects,
        deal_companies.updated_at
    from deal_companies
    where not deal_companies.is_deleted
    union all
    select
        'deal_line_items' as association,
        deal_line_items.from_id,
        deal_line_items.to_objects,
        deal_line_items.updated_at
    from deal_line_items
    where not deal_line_items.is_deleted
    union all
    select
        'quote_deals' as association,
        quote_deals.from_id,
        quote_deals.to_objects,
        quote_deals.updated_at
    from quote_deals
    where not quote_deals.is_deleted
    union all
    select
        'ticket_companies' as association,
        ticket_companies.from_id,
        ticket_companies.to_objects,
        ticket_companies.updated_at
    from ticket_companies
    where not ticket_companies.is_deleted
    union all
    select
        'call_contacts' as association,
        call_contacts.from_id,
        call_contacts.to_objects,
        call_contacts.updated_at
    from call_contacts
    where not call_contacts.is_deleted
    union all
    select
        'meeting_contacts' as association,
        meeting_contacts.from_id,
        meeting_contacts.to_objects,
        meeting_contacts.updated_at
    from meeting_contacts
    where not meeting_contacts.is_deleted
    union all
    select
        'email_contacts' as association,
        email_contacts.from_id,
        email_contacts.to_objects,
        email_contacts.updated_at
    from email_contacts
    where not email_contacts.is_deleted
),

elements as (
    {{ list_elements(
        'lists',
        'to_objects',
        ['association', 'from_id', 'updated_at'],
        {'to_id': 'toObjectId', 'association_types': 'associationTypes'},
    ) }}
),

-- HubSpot lists some pairs twice.
pairs as (
    select
        elements.association,
        elements.from_id,
        elements.to_id,
        min(elements.element_number) as list_position,
        max(elements.updated_at) as updated_at,
        {{ is_any("elements.association_types like '%\"Primary\"%'") }} as is_labelled_primary
    from elements
    where elements.to_id is not null
    group by
        elements.association,
        elements.from_id,
        elements.to_id
),

ranked as (
    select
        pairs.association,
        pairs.from_id,
        pairs.to_id,
        pairs.list_position,
        pairs.updated_at,
        pairs.is_labelled_primary,
        count(*) over (partition by pairs.association, pairs.from_id) as pair_count,
        row_number() over (
            partition by pairs.association, pairs.from_id
            order by pairs.is_labelled_primary desc, pairs.list_position
        ) as preference
    from pairs
),

final as (
    select
        ranked.association,
        ranked.from_id,
        ranked.to_id,
        ranked.preference,
        ranked.is_labelled_primary or ranked.pair_count = 1 as is_primary,
        ranked.updated_at
    from ranked
)

select * from final
