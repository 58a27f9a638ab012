{{ config(key='ticket_key') }}

with tickets as (
    select * from {{ ref('int_tickets_measured') }}
),

open_intervals as (
    select * from {{ ref('int_ticket_open_intervals') }}
),

sla_targets as (
    select * from {{ ref('int_ticket_sla_targets_judged') }}
),

still_open as (
    select ticket_key
    from open_intervals
    where open_until_date = date '9999-12-31'
),

sla_by_ticket as (
    select
        ticket_key,
        sum(due_count) as sla_due_count,
        sum(met_count) as sla_met_count
    from sla_targets
    group by ticket_key
),

final as (
    select
        tickets.ticket_key,
        tickets.source_system,
        tickets.ticket_id,
        coalesce(tickets.account_key, '(unknown)') as customer_key,
        tickets.region,
        tickets.segment,
        tickets.ticket_channel,
        tickets.agent_group,
        tickets.agent_id,
        tickets.opened_by,
        tickets.priority,
        tickets.topic,
        tickets.created_date,
        tickets.first_reply_date,
        tickets.first_solved_date,
        tickets.last_solved_date,
        tickets.vendor_first_reply_date,
        tickets.vendor_full_resolution_date,
        tickets.created_at,
        tickets.first_customer_message_at,
        tickets.first_reply_at,
        tickets.first_solved_at,
        tickets.last_solved_at,
        tickets.is_solved,
        cast(tickets.first_response_minutes as decimal(18, 9)) as first_response_minutes,
        cast(tickets.first_resolution_minutes as decimal(18, 9)) as first_resolution_minutes,
        cast(tickets.resolution_minutes as decimal(18, 9)) as resolution_minutes,
        cast(tickets.vendor_first_reply_minutes as integer) as vendor_first_reply_minutes,
        cast(tickets.vendor_full_resolution_minutes as integer) as vendor_full_resolution_minutes,
        cast(1 as integer) as ticket_count,
        cast(case when tickets.first_solved_at is not null then 1 else 0 end as integer) as first_solved_count,
        cast(case when tickets.is_solved then 1 else 0 end as integer) as solved_count,
        cast(case when tickets.is_reopened then 1 else 0 end as integer) as reopened_ticket_count,
        cast(tickets.reopened_count as integer) as reopened_count,
        cast(case when still_open.ticket_key is not null then 1 else 0 end as integer) as open_count,
        cast(case
            when still_open.ticket_key is not null
                and tickets.first_customer_message_at is not null
                and tickets.first_reply_at is null
                then 1
            else 0
        end as integer) as waiting_count,
        cast(coalesce(sla_by_ticket.sla_due_count, 0) as integer) as sla_due_count,
        cast(coalesce(sla_by_ticket.sla_met_count, 0) as integer) as sla_met_count,
        tickets.source_url
    from tickets
    left join still_open
        on tickets.ticket_key = still_open.ticket_key
    left join sla_by_ticket
        on tickets.ticket_key = sla_by_ticket.ticket_key
)

select * from final
