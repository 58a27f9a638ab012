{{ config(key='activity_key', reached={'int_people': 'int_activities_resolved.person_key'}) }}

with activities as (
    select * from {{ ref('int_activities_resolved') }}
),

people as (
    select * from {{ ref('int_people') }}
),

final as (
    select
        activities.activity_key,
        activities.source_system,
        activities.activity_id,
        activities.activity_type,
        activities.direction,
        activities.opportunity_key,
        people.person_key as lead_key,
        coalesce(activities.account_key, '(unknown)') as customer_key,
        activities.sales_rep_key,
        activities.team,
        activities.channel,
        activities.region,
        activities.segment,
        activities.is_completed,
        activities.is_automated,
        cast(1 as integer) as activity_count,
        cast(case when activities.is_counted and activities.activity_type = 'call' then 1 else 0 end as integer)
            as call_count,
        cast(case when activities.is_counted and activities.activity_type = 'meeting' then 1 else 0 end as integer)
            as meeting_count,
        cast(case when activities.is_counted and activities.activity_type = 'email' then 1 else 0 end as integer)
            as email_sent_count,
        cast(case when activities.is_counted then greatest(coalesce(activities.duration_minutes, 0), 0) else 0 end
            as decimal(9, 2)) as engagement_minutes,
        cast(activities.duration_minutes as decimal(9, 2)) as duration_minutes,
        activities.occurred_date,
        activities.occurred_at,
        activities.source_url
    from activities
    left join people
        on activities.person_key = people.person_key
        and people.is_counted_lead
)

select * from final
