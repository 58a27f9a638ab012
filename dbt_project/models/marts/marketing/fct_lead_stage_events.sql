{{ config(key='lead_key', reached={'int_lead_events_counted': 'person_key', 'int_people': 'person_key'}) }}

with events as (
    select * from {{ ref('int_lead_events_counted') }}
),

people as (
    select * from {{ ref('int_people') }}
),

final as (
    select
        {{ surrogate_key(['events.person_key', 'events.event_type', 'events.occurred_at']) }}
            as lead_stage_event_key,
        events.person_key as lead_key,
        events.source_system,
        events.lead_id,
        events.event_type,
        people.channel,
        people.region,
        people.segment,
        cast(case when events.is_counted_mql then 1 else 0 end as integer) as mql_event_count,
        cast(case when events.is_first_mql then 1 else 0 end as integer) as mql_count,
        cast(case when events.is_counted_mql and not events.is_first_mql then 1 else 0 end as integer)
            as re_mql_count,
        cast(case when events.is_first_sql then 1 else 0 end as integer) as sql_count,
        events.event_date,
        events.occurred_at,
        people.source_url
    from events
    inner join people
        on events.person_key = people.person_key
    where people.is_counted_lead
)

select * from final
