{{ config(
    key='lead_id',
    reached={
        'stg_hubspot__contacts': 'contact_id',
        'stg_hubspot__contact_property_history': 'contact_id',
        'int_hubspot_associations_unpacked': 'from_id',
    }
) }}

with contacts as (
    select * from {{ ref('stg_hubspot__contacts') }}
),

property_history as (
    select * from {{ ref('stg_hubspot__contact_property_history') }}
),

value_mappings as (
    select * from {{ ref('stg_meta__value_mappings') }}
    where source_system = 'hubspot'
),

meanings as (
    select {{ comparable_text('source_value') }} as lifecycle_stage, unified_value as meaning
    from value_mappings
    where entity = 'lead_events' and column_name = 'event_type'
),

campaign_ids as (
    select {{ comparable_text('source_value') }} as campaign_name, unified_value as campaign_id
    from value_mappings
    where entity = 'leads' and column_name = 'campaign_id'
),

companies_of_contacts as (
    select * from {{ ref('int_hubspot_associations_unpacked') }}
    where association = 'contact_companies' and preference = 1
),

-- who has a history is a lead from its first entry as one on, which is an event of its day
with_history as (
    select distinct contact_id
    from property_history
    where property_name = 'lifecyclestage'
),

final as (
    select
        contacts.contact_id as lead_id,
        contacts.email,
        contacts.additional_emails,
        coalesce(contacts.associated_company_id, companies_of_contacts.to_id) as account_id,
        contacts.created_at,
        contacts.analytics_source as source,
        contacts.analytics_source_data_1 as source_detail,
        -- HubSpot names the campaign in the first detail when the source is paid; the configuration may give the ad
        -- platform's id of that name
        case
            when contacts.analytics_source like 'PAID%'
                then coalesce(campaign_ids.campaign_id, contacts.analytics_source_data_1)
        end as campaign_id,
        coalesce(
            upper(contacts.country_region_code),
            case when length(contacts.country) = 2 then upper(contacts.country) end
        ) as country_code,
        contacts.region,
        contacts.segment,
        contacts.owner_id as owner_sales_rep_id,
        with_history.contact_id is null
        and coalesce({{ hubspot_lifecycle_rank('contacts.lifecycle_stage', 'meanings.meaning') }} >= 1, false)
            as is_lead,
        contacts.source_system,
        contacts.record_id,
        contacts.updated_at,
        contacts.is_deleted,
        contacts.source_url
    from contacts
    left join with_history
        on contacts.contact_id = with_history.contact_id
    left join meanings
        on {{ comparable_text('contacts.lifecycle_stage') }} = meanings.lifecycle_stage
    left join campaign_ids
        on {{ comparable_text('contacts.analytics_source_data_1') }} = campaign_ids.campaign_name
    left join companies_of_contacts
        on contacts.contact_id = companies_of_contacts.from_id
)

select * from final
