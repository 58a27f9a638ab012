{{ config(
    key='person_key',
    reached={'int_lead_events_unioned': 'int_people_resolved.lead_id'},
    on_days={'int_lead_events_unioned': dated_at('occurred_at')}
) }}

with lead_events as (
    select * from {{ ref('int_lead_events_unioned') }}
),

people as (
    select * from {{ ref('int_people_resolved') }}
),

run_parameters as (
    select * from {{ ref('int_run_parameters') }}
),

-- records of one person can tell the same event
happened as (
    select
        people.person_key,
        lead_events.event_type,
        lead_events.occurred_at,
        min(lead_events.source_system) as source_system,
        min(lead_events.lead_id) as lead_id,
        case lead_events.event_type
            when 'lead' then 0
            when 'recycled' then 1
            when 'disqualified' then 2
            when 'mql' then 3
            else 4
        end as type_order
    from lead_events
    inner join run_parameters
        on {{ reporting_date('lead_events.occurred_at') }} <= run_parameters.as_of_date
    inner join people
        on lead_events.source_system = people.source_system
        and lead_events.lead_id = people.lead_id
    where not lead_events.is_deleted
    group by people.person_key, lead_events.event_type, lead_events.occurred_at
),

reset as (
    select
        person_key,
        event_type,
        occurred_at,
        type_order,
        source_system,
        lead_id,
        sum(case when event_type in ('recycled', 'disqualified') then 1 else 0 end) over (
            partition by person_key
            order by occurred_at, type_order
            rows between unbounded preceding and current row
        ) as reset_number
    from happened
),

ranked as (
    select
        person_key,
        event_type,
        occurred_at,
        type_order,
        source_system,
        lead_id,
        row_number() over (
            partition by person_key, event_type, reset_number
            order by occurred_at
        ) as rank_since_reset,
        row_number() over (
            partition by person_key, event_type
            order by occurred_at
        ) as rank_of_type
    from reset
),

-- an MQL event counts when none precedes it since the last recycling or disqualification
final as (
    select
        person_key,
        event_type,
        occurred_at,
        {{ reporting_date('occurred_at') }} as event_date,
        source_system,
        lead_id,
        event_type = 'mql' and rank_since_reset = 1 as is_counted_mql,
        event_type = 'mql' and rank_of_type = 1 as is_first_mql,
        event_type = 'sql' and rank_of_type = 1 as is_first_sql
    from ranked
)

select * from final
