{{ config(
    key='person_key',
    reached={
        'int_activities_resolved': 'int_people_milestones_reached.person_key',
        'int_quotes_resolved': 'int_people_milestones_reached.person_key',
    },
) }}

with milestones as (
    select * from {{ ref('int_people_milestones_reached') }}
),

activities as (
    select * from {{ ref('int_activities_resolved') }}
),

quotes as (
    select * from {{ ref('int_quotes_resolved') }}
),

responses as (
    select
        milestones.person_key,
        min(activities.occurred_at) as first_response_at
    from milestones
    inner join activities
        on milestones.person_key = activities.person_key
        and milestones.first_mql_at <= activities.occurred_at
    where activities.is_counted
        and activities.direction = 'outbound'
        and activities.activity_type in ('call', 'meeting', 'email')
    group by milestones.person_key
),

meetings as (
    select
        person_key,
        min(occurred_date) as first_meeting_date
    from activities
    where is_counted
        and activity_type = 'meeting'
    group by person_key
),

-- renewals are no funnel
quoted as (
    select
        person_key,
        min(sent_date) as first_quote_date
    from quotes
    where not is_renewal
    group by person_key
),

final as (
    select
        milestones.person_key,
        milestones.first_mql_at,
        responses.first_response_at,
        milestones.first_mql_at is not null and responses.first_response_at is null as is_waiting,
        meetings.first_meeting_date,
        quoted.first_quote_date
    from milestones
    left join responses
        on milestones.person_key = responses.person_key
    left join meetings
        on milestones.person_key = meetings.person_key
    left join quoted
        on milestones.person_key = quoted.person_key
)

select * from final
