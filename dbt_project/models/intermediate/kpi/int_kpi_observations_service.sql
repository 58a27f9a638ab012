with tickets as (
    select * from {{ ref('int_tickets_measured') }}
),

final as (
    select
        'first_response_minutes' as observation,
        first_reply_date as observed_date,
        region,
        segment,
        ticket_channel,
        agent_group,
        cast(first_response_minutes as decimal(18, 9)) as observed_value
    from tickets
    where first_response_minutes >= 0
)

select * from final
