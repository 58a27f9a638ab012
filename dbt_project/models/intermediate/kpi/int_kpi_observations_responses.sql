{{ config(key='person_key') }}

with milestones_dated as (
    select * from {{ ref('int_people_milestones_dated') }}
),

responses as (
    select * from {{ ref('int_people_responses_measured') }}
),

final as (
    select
        milestones_dated.person_key,
        'lead_response_minutes' as observation,
        milestones_dated.milestone_date as observed_date,
        milestones_dated.channel,
        milestones_dated.source,
        milestones_dated.campaign,
        milestones_dated.region,
        milestones_dated.segment,
        milestones_dated.team,
        milestones_dated.sales_rep,
        cast(responses.lead_response_minutes as decimal(18, 9)) as observed_value
    from milestones_dated
    inner join responses
        on milestones_dated.person_key = responses.person_key
    where milestones_dated.milestone = 'mql'
)

select * from final
