{{ config(materialized='view') }}

with contacts as (
    select * from {{ ref('stg_hubspot__contacts') }}
),

histories as (
    select
        contacts.contact_id,
        contacts.source_system,
        contacts.record_id,
        'lifecyclestage' as property_name,
        contacts.lifecycle_stage_history as entries
    from contacts
    union all
    select
        contacts.contact_id,
        contacts.source_system,
        contacts.record_id,
        'hs_lead_status' as property_name,
        contacts.lead_status_history as entries
    from contacts
    union all
    select
        contacts.contact_id,
        contacts.source_system,
        contacts.record_id,
        'hubspot_owner_id' as property_name,
        contacts.owner_history as entries
    from contacts
),

entries as (
    {{ list_elements(
        'histories',
        'entries',
        ['contact_id', 'source_system', 'record_id', 'property_name'],
        {'property_value': 'value', 'changed_at': 'timestamp'},
    ) }}
),

final as (
    select
        -- ids
        entries.contact_id,
        -- text
        entries.property_name,
        {{ clean_text('entries.property_value') }} as property_value,
        -- numbers
        entries.element_number as entry_number,
        -- timestamps
        {{ safe_timestamp('entries.changed_at') }} as changed_at,
        -- pipeline
        entries.source_system,
        entries.record_id,
        case
            when {{ safe_timestamp('entries.changed_at') }} is null
                then entries.property_name || ' changed_at=' || coalesce(entries.changed_at, '')
        end as lost_values
    from entries
)

select * from final
