with tickets as (
    select * from {{ ref('int_tickets_measured') }}
),

final as (
    select
        ticket_key,
        source_system,
        ticket_id,
        coalesce(account_key, '(unknown)') as customer_key,
        region,
        segment,
        ticket_channel,
        agent_group,
        agent_id,
        opened_by,
        priority,
        topic,
        created_date,
        first_reply_date,
        first_solved_date,
        last_solved_date,
        created_at,
        first_customer_message_at,
        first_reply_at,
        first_solved_at,
        last_solved_at,
        is_solved,
        cast(first_response_minutes as decimal(18, 9)) as first_response_minutes,
        cast(first_resolution_minutes as decimal(18, 9)) as first_resolution_minutes,
        cast(resolution_minutes as decimal(18, 9)) as resolution_minutes,
        cast(vendor_first_reply_minutes as integer) as vendor_first_reply_minutes,
        cast(vendor_full_resolution_minutes as integer) as vendor_full_resolution_minutes,
        cast(1 as integer) as ticket_count,
        cast(reopened_count as integer) as reopened_count,
        source_url
    from tickets
)

select * from final
