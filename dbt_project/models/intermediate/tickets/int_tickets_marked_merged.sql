{{ config(key='ticket_id') }}

with tickets as (
    select * from {{ ref('int_tickets_unioned') }}
),

final as (
    select
        source_system,
        ticket_id,
        merged_into_ticket_id
    from tickets
    where merged_into_ticket_id is not null
        and not is_deleted
)

select * from final
