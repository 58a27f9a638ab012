{{ config(key='ticket_id', reached={'int_hubspot_associations_unpacked': 'from_id'}) }}

with tickets as (
    select * from {{ ref('stg_hubspot__tickets') }}
),

companies_of_tickets as (
    select * from {{ ref('int_hubspot_associations_unpacked') }}
    where association = 'ticket_companies' and preference = 1
),

final as (
    select
        tickets.ticket_id,
        companies_of_tickets.to_id as account_id,
        cast(null as {{ dbt.type_string() }}) as lead_id,
        tickets.created_at,
        case upper(tickets.ticket_source)
            when 'EMAIL' then 'email'
            when 'PHONE' then 'phone'
            when 'CHAT' then 'chat'
            when 'FORM' then 'web'
            else case when tickets.ticket_source is not null then 'other' end
        end as ticket_channel,
        cast(null as {{ dbt.type_string() }}) as opened_by,
        lower(tickets.ticket_priority) as priority,
        tickets.ticket_category as topic,
        tickets.owner_id as agent_id,
        cast(null as {{ dbt.type_string() }}) as agent_group,
        'default' as schedule_id,
        cast(null as {{ dbt.type_string() }}) as merged_into_ticket_id,
        cast(null as bigint) as vendor_first_reply_minutes,
        cast(null as bigint) as vendor_full_resolution_minutes,
        tickets.source_system,
        tickets.record_id,
        tickets.updated_at,
        tickets.is_deleted,
        tickets.source_url
    from tickets
    left join companies_of_tickets
        on tickets.ticket_id = companies_of_tickets.from_id
)

select * from final
