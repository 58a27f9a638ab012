{{ config(key='person_key', sums=['numerator', 'denominator']) }}

with milestones_dated as (
    select * from {{ ref('int_people_milestones_dated') }}
),

engagements as (
    select * from {{ ref('int_people_engagements_dated') }}
),

milestones as (
    select * from {{ ref('int_people_milestones_reached') }}
),

people as (
    select * from {{ ref('int_people') }}
),

owners as (
    select * from {{ ref('int_people_owners_in_force') }}
),

sales_reps as (
    select * from {{ ref('int_sales_reps_by_validity') }}
),

-- the owner and its team are those of the first meeting's day
meetings as (
    select
        engagements.first_meeting_date,
        people.channel,
        coalesce(people.source, '(unknown)') as source,
        coalesce(people.campaign_id, '(unknown)') as campaign,
        people.region,
        people.segment,
        coalesce(sales_reps.team, '(unknown)') as team,
        owners.sales_rep_id as sales_rep,
        milestones.first_won_date is not null as has_won
    from engagements
    inner join people
        on engagements.person_key = people.person_key
    inner join milestones
        on engagements.person_key = milestones.person_key
    inner join owners
        on engagements.person_key = owners.person_key
        and engagements.first_meeting_date >= owners.valid_from_date
        and engagements.first_meeting_date < owners.valid_to_date
    left join sales_reps
        on owners.sales_rep_key = sales_reps.sales_rep_key
        and engagements.first_meeting_date >= sales_reps.valid_from
        and engagements.first_meeting_date < sales_reps.valid_to
    where engagements.first_meeting_date is not null
),

engaged as (
    select
        milestones_dated.milestone,
        milestones_dated.milestone_date,
        milestones_dated.channel,
        milestones_dated.source,
        milestones_dated.campaign,
        milestones_dated.region,
        milestones_dated.segment,
        milestones_dated.team,
        milestones_dated.sales_rep,
        engagements.is_waiting,
        engagements.first_meeting_date,
        engagements.first_quote_date
    from milestones_dated
    inner join engagements
        on milestones_dated.person_key = engagements.person_key
),

components as (
    select
        'leads_waiting_response' as kpi,
        milestone_date as component_date,
        channel,
        source,
        campaign,
        region,
        segment,
        team,
        sales_rep,
        1 as numerator,
        null as denominator
    from engaged
    where milestone = 'mql'
        and is_waiting
    union all
    select
        'lead_to_meeting_rate' as kpi,
        milestone_date as component_date,
        channel,
        source,
        campaign,
        region,
        segment,
        team,
        sales_rep,
        case when first_meeting_date is not null then 1 else 0 end as numerator,
        1 as denominator
    from engaged
    where milestone = 'lead'
    union all
    select
        'lead_to_quote_rate' as kpi,
        milestone_date as component_date,
        channel,
        source,
        campaign,
        region,
        segment,
        team,
        sales_rep,
        case when first_quote_date is not null then 1 else 0 end as numerator,
        1 as denominator
    from engaged
    where milestone = 'lead'
    union all
    select
        'meeting_to_won_rate' as kpi,
        first_meeting_date as component_date,
        channel,
        source,
        campaign,
        region,
        segment,
        team,
        sales_rep,
        case when has_won then 1 else 0 end as numerator,
        1 as denominator
    from meetings
),

final as (
    select
        kpi,
        component_date,
        channel,
        source,
        campaign,
        region,
        segment,
        team,
        sales_rep,
        'all' as component_scope,
        cast(sum(numerator) as decimal(38, 6)) as numerator,
        cast(sum(denominator) as decimal(38, 6)) as denominator,
        count(*) as row_count
    from components
    group by kpi, component_date, channel, source, campaign, region, segment, team, sales_rep
)

select * from final
