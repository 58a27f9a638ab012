{{ config(adds=['int_tickets_measured']) }}

with tickets as (
    select * from {{ ref('int_tickets_measured') }}
),

observed as (
    select
        'first_response_minutes' as observation,
        first_reply_date as observed_date,
        region,
        segment,
        ticket_channel,
        agent_group,
        first_response_minutes as observed_value
    from tickets
    union all
    select
        'first_resolution_minutes' as observation,
        first_solved_date as observed_date,
        region,
        segment,
        ticket_channel,
        agent_group,
        first_resolution_minutes as observed_value
    from tickets
    -- what was solved before the customer wrote has a negative duration, even when nobody worked between
    where first_solved_at >= first_customer_message_at
    union all
    select
        'resolution_minutes' as observation,
        last_solved_date as observed_date,
        region,
        segment,
        ticket_channel,
        agent_group,
        resolution_minutes as observed_value
    from tickets
    where last_solved_at >= first_customer_message_at
    union all
    select
        'first_response_minutes_vendor' as observation,
        vendor_first_reply_date as observed_date,
        region,
        segment,
        ticket_channel,
        agent_group,
        vendor_first_reply_minutes as observed_value
    from tickets
    where vendor_first_reply_date is not null
    union all
    select
        'resolution_minutes_vendor' as observation,
        vendor_full_resolution_date as observed_date,
        region,
        segment,
        ticket_channel,
        agent_group,
        vendor_full_resolution_minutes as observed_value
    from tickets
    where vendor_full_resolution_date is not null
),

final as (
    select
        observation,
        observed_date,
        region,
        segment,
        ticket_channel,
        agent_group,
        cast(observed_value as decimal(18, 9)) as observed_value
    from observed
    where observed_value >= 0
)

select * from final
