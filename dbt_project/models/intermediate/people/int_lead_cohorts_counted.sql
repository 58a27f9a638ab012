{{ config(
    key='person_key', sums=['lead_count', 'mql_count', 'sql_count', 'opportunity_count', 'won_count']
) }}

with milestones as (
    select * from {{ ref('int_people_milestones_reached') }}
),

dated as (
    select * from {{ ref('int_people_milestones_dated') }}
),

leads as (
    select
        person_key,
        channel,
        {{ month_start('milestone_date') }} as cohort_month_date
    from dated
    where milestone = 'lead'
),

reached as (
    select person_key, milestone, milestone_date
    from dated
    where milestone in ('mql', 'sql', 'opportunity')
    union all
    select person_key, 'won' as milestone, first_won_date as milestone_date
    from milestones
    where first_won_date is not null
),

-- a milestone before the lead date was reached at age 0: the order does not matter
happened as (
    select cohort_month_date, channel, 'lead' as milestone, cohort_month_date as month_start_date
    from leads
    union all
    select
        leads.cohort_month_date,
        leads.channel,
        reached.milestone,
        greatest(leads.cohort_month_date, {{ month_start('reached.milestone_date') }}) as month_start_date
    from leads
    inner join reached
        on leads.person_key = reached.person_key
),

final as (
    select
        cohort_month_date,
        channel,
        month_start_date,
        sum(case when milestone = 'lead' then 1 else 0 end) as lead_count,
        sum(case when milestone = 'mql' then 1 else 0 end) as mql_count,
        sum(case when milestone = 'sql' then 1 else 0 end) as sql_count,
        sum(case when milestone = 'opportunity' then 1 else 0 end) as opportunity_count,
        sum(case when milestone = 'won' then 1 else 0 end) as won_count,
        count(*) as row_count
    from happened
    group by cohort_month_date, channel, month_start_date
)

select * from final
