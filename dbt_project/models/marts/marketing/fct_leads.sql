{{ config(
    key='lead_key',
    reached={
        'int_people': 'person_key',
        'int_people_milestones_reached': 'person_key',
        'int_people_milestones_dated': 'person_key',
        'int_people_engagements_dated': 'person_key',
        'int_people_responses_measured': 'person_key',
    },
) }}

with people as (
    select * from {{ ref('int_people') }}
),

milestones as (
    select * from {{ ref('int_people_milestones_reached') }}
),

milestones_dated as (
    select * from {{ ref('int_people_milestones_dated') }}
),

engagements as (
    select * from {{ ref('int_people_engagements_dated') }}
),

responses as (
    select * from {{ ref('int_people_responses_measured') }}
),

campaigns as (
    select * from {{ ref('dim_campaigns') }}
),

lead_dates as (
    select
        person_key,
        sales_rep_key,
        team
    from milestones_dated
    where milestone = 'lead'
),

final as (
    select
        people.person_key as lead_key,
        people.source_system,
        people.lead_id,
        coalesce(people.account_key, '(unknown)') as customer_key,
        coalesce(campaigns.campaign_key, '(unknown)') as campaign_key,
        lead_dates.sales_rep_key as owner_sales_rep_key,
        lead_dates.team as owner_team,
        people.channel,
        people.region,
        people.segment,
        people.source,
        people.country_code,
        cast(1 as integer) as lead_count,
        cast(case when milestones.first_mql_at is not null then 1 else 0 end as integer) as mql_count,
        cast(case when milestones.first_sql_at is not null then 1 else 0 end as integer) as sql_count,
        cast(case when milestones.first_opportunity_date is not null then 1 else 0 end as integer)
            as opportunity_count,
        cast(case when milestones.first_won_date is not null then 1 else 0 end as integer) as won_count,
        cast(case when engagements.first_meeting_date is not null then 1 else 0 end as integer) as meeting_count,
        cast(case when engagements.first_quote_date is not null then 1 else 0 end as integer) as quote_count,
        cast(case when engagements.is_waiting then 1 else 0 end as integer) as response_waiting_count,
        cast(milestones.mql_event_count as integer) as mql_event_count,
        cast(people.record_count as integer) as record_count,
        cast(milestones.qualification_hours as decimal(18, 6)) as qualification_hours,
        responses.lead_response_minutes,
        people.is_implied_touch,
        people.lead_date,
        people.first_touch_date,
        milestones.first_mql_date,
        milestones.first_sql_date,
        milestones.first_opportunity_date,
        milestones.first_won_date,
        milestones.first_lost_date,
        engagements.first_meeting_date,
        engagements.first_quote_date,
        people.lead_at,
        milestones.first_mql_at,
        milestones.first_sql_at,
        engagements.first_response_at,
        people.created_at,
        people.source_url
    from people
    inner join milestones
        on people.person_key = milestones.person_key
    inner join lead_dates
        on people.person_key = lead_dates.person_key
    inner join engagements
        on people.person_key = engagements.person_key
    left join responses
        on people.person_key = responses.person_key
    left join campaigns
        on people.campaign_key = campaigns.campaign_key
)

select * from final
