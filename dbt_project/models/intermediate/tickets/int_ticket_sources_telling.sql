with events as (
    select * from {{ ref('int_ticket_events_unioned') }}
),

-- where a source tells no events, nobody knows what became of its tickets
final as (
    select distinct source_system
    from events
    where not is_deleted
)

select * from final
