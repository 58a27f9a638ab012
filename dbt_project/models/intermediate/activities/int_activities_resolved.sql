with activities as (
    select * from {{ ref('int_activities_unioned') }}
),

people_resolved as (
    select * from {{ ref('int_people_resolved') }}
),

people as (
    select * from {{ ref('int_people') }}
),

opportunities as (
    select * from {{ ref('int_opportunities_valued') }}
),

accounts_resolved as (
    select * from {{ ref('int_accounts_resolved') }}
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

run_parameters as (
    select * from {{ ref('int_run_parameters') }}
),

happened as (
    select
        activities.source_system,
        activities.activity_id,
        activities.activity_type,
        activities.direction,
        activities.occurred_at,
        {{ reporting_date('activities.occurred_at') }} as occurred_date,
        activities.sales_rep_id,
        activities.lead_id,
        activities.account_id,
        activities.opportunity_id,
        activities.is_completed,
        activities.is_automated,
        activities.duration_minutes,
        activities.source_url
    from activities
    cross join run_parameters
    where not activities.is_deleted
        and {{ reporting_date('activities.occurred_at') }} <= run_parameters.as_of_date
),

-- what names only an opportunity is with its primary contact
related as (
    select
        happened.source_system,
        happened.activity_id,
        opportunities.opportunity_key,
        case
            when happened.lead_id is not null then people_resolved.person_key
            else opportunities.primary_person_key
        end as person_key,
        coalesce(accounts_resolved.account_key, opportunities.account_key) as account_key
    from happened
    left join people_resolved
        on happened.source_system = people_resolved.source_system
        and happened.lead_id = people_resolved.lead_id
    left join opportunities
        on happened.source_system = opportunities.source_system
        and happened.opportunity_id = opportunities.opportunity_id
    left join accounts_resolved
        on happened.source_system = accounts_resolved.source_system
        and happened.account_id = accounts_resolved.account_id
),

final as (
    select
        {{ surrogate_key(['happened.source_system', 'happened.activity_id']) }} as activity_key,
        happened.source_system,
        happened.activity_id,
        happened.activity_type,
        happened.direction,
        related.person_key,
        related.opportunity_key,
        coalesce(related.account_key, people.account_key) as account_key,
        coalesce(known_reps.sales_rep_key, '(unknown)') as sales_rep_key,
        coalesce(known_reps.sales_rep_id, '(unknown)') as sales_rep,
        coalesce(sales_reps.team, '(unknown)') as team,
        coalesce(people.channel, '(unknown)') as channel,
        coalesce(people.source, '(unknown)') as source,
        coalesce(people.campaign_id, '(unknown)') as campaign,
        coalesce(nullif(people.region, '(unknown)'), accounts.region, '(unknown)') as region,
        coalesce(nullif(people.segment, '(unknown)'), accounts.segment, '(unknown)') as segment,
        happened.is_completed,
        happened.is_automated,
        -- an automatic mail, a no-show and a mail that came in are nobody's work
        happened.is_completed
        and not happened.is_automated
        and (happened.activity_type <> 'email' or happened.direction = 'outbound') as is_counted,
        happened.duration_minutes,
        happened.occurred_date,
        happened.occurred_at,
        happened.source_url
    from happened
    inner join related
        on happened.source_system = related.source_system
        and happened.activity_id = related.activity_id
    left join people
        on related.person_key = people.person_key
    left join accounts
        on related.account_key = accounts.account_key
    left join known_reps
        on happened.source_system = known_reps.source_system
        and happened.sales_rep_id = known_reps.sales_rep_id
    left join sales_reps
        on known_reps.sales_rep_key = sales_reps.sales_rep_key
        and happened.occurred_date >= sales_reps.valid_from
        and happened.occurred_date < sales_reps.valid_to
)

select * from final
