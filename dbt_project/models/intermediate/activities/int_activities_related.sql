{{ config(
    key='activity_id',
    reached={
        'int_people_resolved': 'int_activities_unioned.lead_id',
        'int_opportunities_valued': 'int_activity_opportunities_resolved.opportunity_id',
        'int_accounts_resolved': 'int_activities_unioned.account_id',
    },
    on_days={'int_activities_unioned': dated_at('occurred_at')}
) }}

with activities as (
    select * from {{ ref('int_activities_unioned') }}
),

people_resolved as (
    select * from {{ ref('int_people_resolved') }}
),

opportunities as (
    select * from {{ ref('int_opportunities_valued') }}
),

activity_opportunities as (
    select * from {{ ref('int_activity_opportunities_resolved') }}
),

accounts_resolved as (
    select * from {{ ref('int_accounts_resolved') }}
),

run_parameters as (
    select * from {{ ref('int_run_parameters') }}
),

-- what names only an opportunity is with its primary contact
final as (
    select
        {{ surrogate_key(['activities.source_system', 'activities.activity_id']) }} as activity_key,
        activities.source_system,
        activities.activity_id,
        activities.activity_type,
        activities.direction,
        case
            when activities.lead_id is not null then people_resolved.person_key
            else opportunities.primary_person_key
        end as person_key,
        opportunities.opportunity_key,
        coalesce(accounts_resolved.account_key, opportunities.account_key) as account_key,
        activities.sales_rep_id,
        activities.is_completed,
        activities.is_automated,
        activities.duration_minutes,
        {{ reporting_date('activities.occurred_at') }} as occurred_date,
        activities.occurred_at,
        activities.source_url
    from activities
    inner join run_parameters
        on {{ reporting_date('activities.occurred_at') }} <= run_parameters.as_of_date
    left join people_resolved
        on activities.source_system = people_resolved.source_system
        and activities.lead_id = people_resolved.lead_id
    left join activity_opportunities
        on activities.source_system = activity_opportunities.source_system
        and activities.activity_id = activity_opportunities.activity_id
    left join opportunities
        on activity_opportunities.source_system = opportunities.source_system
        and activity_opportunities.opportunity_id = opportunities.opportunity_id
    left join accounts_resolved
        on activities.source_system = accounts_resolved.source_system
        and activities.account_id = accounts_resolved.account_id
    where not activities.is_deleted
)

select * from final
