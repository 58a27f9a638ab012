{{ config(key='ticket_key') }}

with tickets as (
    select * from {{ ref('int_tickets_placed') }}
),

milestones as (
    select * from {{ ref('int_ticket_milestones_derived') }}
),

instants as (
    select * from {{ ref('int_ticket_instants_measured') }}
),

telling_sources as (
    select * from {{ ref('int_ticket_sources_telling') }}
),

final as (
    select
        tickets.ticket_key,
        tickets.source_system,
        tickets.ticket_id,
        tickets.account_key,
        tickets.region,
        tickets.segment,
        tickets.ticket_channel,
        tickets.agent_group,
        tickets.agent_id,
        coalesce(tickets.opened_by, milestones.first_author) as opened_by,
        tickets.priority,
        tickets.topic,
        tickets.created_date,
        tickets.created_at,
        milestones.first_customer_message_at,
        {{ reporting_date('milestones.first_customer_message_at') }} as first_customer_message_date,
        milestones.first_reply_at,
        {{ reporting_date('milestones.first_reply_at') }} as first_reply_date,
        milestones.first_solved_at,
        {{ reporting_date('milestones.first_solved_at') }} as first_solved_date,
        milestones.last_solved_at,
        {{ reporting_date('milestones.last_solved_at') }} as last_solved_date,
        coalesce(milestones.reopened_count, 0) as reopened_count,
        coalesce(milestones.is_reopened, false) as is_reopened,
        coalesce(milestones.is_solved, false) as is_solved,
        {{ business_minutes_between('message', 'reply') }} as first_response_minutes,
        {{ business_minutes_between('message', 'first_solve') }} as first_resolution_minutes,
        case when milestones.is_solved then {{ business_minutes_between('message', 'last_solve') }} end
            as resolution_minutes,
        tickets.vendor_first_reply_minutes,
        case
            when tickets.vendor_first_reply_minutes is null then null
            when telling_sources.source_system is null then tickets.created_date
            else {{ reporting_date('milestones.first_reply_at') }}
        end as vendor_first_reply_date,
        tickets.vendor_full_resolution_minutes,
        case
            when tickets.vendor_full_resolution_minutes is null then null
            when telling_sources.source_system is null then tickets.created_date
            else {{ reporting_date('milestones.last_solved_at') }}
        end as vendor_full_resolution_date,
        tickets.source_url
    from tickets
    left join telling_sources
        on tickets.source_system = telling_sources.source_system
    left join milestones
        on tickets.ticket_key = milestones.ticket_key
    left join instants as message
        on milestones.ticket_key = message.ticket_key
        and milestones.first_customer_message_at = message.instant_at
    left join instants as reply
        on milestones.ticket_key = reply.ticket_key
        and milestones.first_reply_at = reply.instant_at
    left join instants as first_solve
        on milestones.ticket_key = first_solve.ticket_key
        and milestones.first_solved_at = first_solve.instant_at
    left join instants as last_solve
        on milestones.ticket_key = last_solve.ticket_key
        and milestones.last_solved_at = last_solve.instant_at
)

select * from final
