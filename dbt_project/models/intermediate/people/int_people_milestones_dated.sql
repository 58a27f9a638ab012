{{ config(key='person_key') }}

with people as (
    select * from {{ ref('int_people') }}
),

milestones as (
    select * from {{ ref('int_people_milestones_reached') }}
),

events as (
    select * from {{ ref('int_lead_events_counted') }}
),

owners as (
    select * from {{ ref('int_people_owners_in_force') }}
),

sales_reps as (
    select * from {{ ref('int_sales_reps_by_validity') }}
),

happened as (
    select person_key, 'lead' as milestone, reference_date as milestone_date
    from people
    where is_counted_lead
    union all
    select person_key, 'mql' as milestone, first_mql_date as milestone_date
    from milestones
    where first_mql_date is not null
    union all
    select person_key, 'sql' as milestone, first_sql_date as milestone_date
    from milestones
    where first_sql_date is not null
    union all
    select person_key, 'opportunity' as milestone, first_opportunity_date as milestone_date
    from milestones
    where first_opportunity_date is not null
    union all
    select person_key, 're_mql' as milestone, event_date as milestone_date
    from events
    where is_counted_mql
        and not is_first_mql
),

-- the owner and its team are those of the day
final as (
    select
        happened.person_key,
        happened.milestone,
        happened.milestone_date,
        people.channel,
        coalesce(people.source, '(unknown)') as source,
        coalesce(people.campaign_id, '(unknown)') as campaign,
        people.region,
        people.segment,
        coalesce(sales_reps.team, '(unknown)') as team,
        owners.sales_rep_id as sales_rep,
        owners.sales_rep_key,
        milestones.first_mql_date is not null as has_mql,
        milestones.first_sql_date is not null as has_sql,
        milestones.first_opportunity_date is not null as has_opportunity,
        milestones.first_won_date is not null as has_won,
        milestones.is_mql_after_sql,
        case when happened.milestone = 'sql' then milestones.qualification_hours end as qualification_hours
    from happened
    inner join people
        on happened.person_key = people.person_key
    inner join milestones
        on happened.person_key = milestones.person_key
    inner join owners
        on happened.person_key = owners.person_key
        and happened.milestone_date >= owners.valid_from_date
        and happened.milestone_date < owners.valid_to_date
    left join sales_reps
        on owners.sales_rep_key = sales_reps.sales_rep_key
        and happened.milestone_date >= sales_reps.valid_from
        and happened.milestone_date < sales_reps.valid_to
)

select * from final
