{{ config(
    key='activity_id',
    reached={
        'int_people': 'int_activities_related.person_key',
        'int_accounts_merged': 'int_activities_related.account_key',
    },
) }}

with activities as (
    select * from {{ ref('int_activities_related') }}
),

people as (
    select * from {{ ref('int_people') }}
),

accounts as (
    select * from {{ ref('int_accounts_merged') }}
),

sales_reps as (
    select * from {{ ref('int_sales_reps_by_validity') }}
),

known_reps as (
    select * from {{ ref('int_sales_reps_known') }}
),

final as (
    select
        activities.activity_key,
        activities.source_system,
        activities.activity_id,
        activities.activity_type,
        activities.direction,
        activities.person_key,
        activities.opportunity_key,
        coalesce(activities.account_key, people.account_key) as account_key,
        coalesce(known_reps.sales_rep_key, '(unknown)') as sales_rep_key,
        coalesce(known_reps.sales_rep_id, '(unknown)') as sales_rep,
        coalesce(sales_reps.team, '(unknown)') as team,
        coalesce(people.channel, '(unknown)') as channel,
        coalesce(people.source, '(unknown)') as source,
        coalesce(people.campaign_id, '(unknown)') as campaign,
        coalesce(nullif(people.region, '(unknown)'), accounts.region, '(unknown)') as region,
        coalesce(nullif(people.segment, '(unknown)'), accounts.segment, '(unknown)') as segment,
        activities.is_completed,
        activities.is_automated,
        -- an automatic mail, a no-show and a mail that came in are nobody's work
        activities.is_completed
        and not activities.is_automated
        and (activities.activity_type <> 'email' or activities.direction = 'outbound') as is_counted,
        activities.duration_minutes,
        activities.occurred_date,
        activities.occurred_at,
        activities.source_url
    from activities
    left join people
        on activities.person_key = people.person_key
    left join accounts
        on activities.account_key = accounts.account_key
    left join known_reps
        on activities.source_system = known_reps.source_system
        and activities.sales_rep_id = known_reps.sales_rep_id
    left join sales_reps
        on known_reps.sales_rep_key = sales_reps.sales_rep_key
        and activities.occurred_date >= sales_reps.valid_from
        and activities.occurred_date < sales_reps.valid_to
)

select * from final
