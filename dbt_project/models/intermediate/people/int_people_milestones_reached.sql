{{ config(key='person_key', reached={'int_opportunities_valued': 'primary_person_key = int_people.person_key'}) }}

with people as (
    select * from {{ ref('int_people') }}
),

events as (
    select * from {{ ref('int_lead_events_counted') }}
),

opportunities as (
    select * from {{ ref('int_opportunities_valued') }}
),

events_with_sql as (
    select
        person_key,
        event_type,
        occurred_at,
        event_date,
        is_counted_mql,
        is_first_mql,
        is_first_sql,
        min(case when is_first_sql then occurred_at end) over (
            partition by person_key
        ) as first_sql_at
    from events
),

event_milestones as (
    select
        person_key,
        min(case when is_first_mql then occurred_at end) as first_mql_at,
        min(case when is_first_mql then event_date end) as first_mql_date,
        min(first_sql_at) as first_sql_at,
        min(case when is_first_sql then event_date end) as first_sql_date,
        max(case
            when is_counted_mql and occurred_at <= first_sql_at then occurred_at
        end) as qualified_from_at,
        min(case
            when event_type in ('recycled', 'disqualified') and occurred_at > first_sql_at then occurred_at
        end) as recycled_at,
        count(case when is_counted_mql then 1 end) as mql_event_count
    from events_with_sql
    group by person_key
),

opportunity_milestones as (
    select
        primary_person_key as person_key,
        min(created_date) as first_opportunity_date,
        min(case when is_won and not is_credit then closed_date end) as first_won_date,
        min(case when is_closed and not is_won then closed_date end) as first_lost_date
    from opportunities
    where not is_renewal
    group by primary_person_key
),

final as (
    select
        people.person_key,
        event_milestones.first_mql_at,
        event_milestones.first_mql_date,
        event_milestones.first_sql_at,
        event_milestones.first_sql_date,
        event_milestones.qualified_from_at,
        coalesce(event_milestones.mql_event_count, 0) as mql_event_count,
        case
            when event_milestones.qualified_from_at is not null then {{ hours_between(
                'event_milestones.qualified_from_at', 'event_milestones.first_sql_at'
            ) }}
        end as qualification_hours,
        -- after a recycling the MQL begins another round
        coalesce(
            event_milestones.first_mql_at > event_milestones.first_sql_at
            and coalesce(event_milestones.recycled_at > event_milestones.first_mql_at, true),
            false
        ) as is_mql_after_sql,
        opportunity_milestones.first_opportunity_date,
        opportunity_milestones.first_won_date,
        opportunity_milestones.first_lost_date
    from people
    left join event_milestones
        on people.person_key = event_milestones.person_key
    left join opportunity_milestones
        on people.person_key = opportunity_milestones.person_key
    where people.is_counted_lead
)

select * from final
