{{ config(adds=['int_people_milestones_dated'], sums=['numerator', 'denominator']) }}

with milestones as (
    select * from {{ ref('int_people_milestones_dated') }}
),

counted as (
    select
        milestone,
        milestone_date,
        channel,
        source,
        campaign,
        region,
        segment,
        team,
        sales_rep,
        count(*) as person_count,
        sum(case when has_mql then 1 else 0 end) as mql_count,
        sum(case when has_sql then 1 else 0 end) as sql_count,
        sum(case when has_opportunity then 1 else 0 end) as opportunity_count,
        sum(case when has_won then 1 else 0 end) as won_count
    from milestones
    group by milestone, milestone_date, channel, source, campaign, region, segment, team, sales_rep
),

components as (
    select 'leads' as kpi, counted.*, counted.person_count as numerator, null as denominator
    from counted
    where counted.milestone = 'lead'
    union all
    select 'mqls' as kpi, counted.*, counted.person_count as numerator, null as denominator
    from counted
    where counted.milestone = 'mql'
    union all
    select 'mql_events' as kpi, counted.*, counted.person_count as numerator, null as denominator
    from counted
    where counted.milestone in ('mql', 're_mql')
    union all
    select 're_mqls' as kpi, counted.*, counted.person_count as numerator, null as denominator
    from counted
    where counted.milestone = 're_mql'
    union all
    select 'sqls' as kpi, counted.*, counted.person_count as numerator, null as denominator
    from counted
    where counted.milestone = 'sql'
    union all
    select 'lead_to_mql_rate' as kpi, counted.*, counted.mql_count as numerator, counted.person_count as denominator
    from counted
    where counted.milestone = 'lead'
    union all
    select 'lead_to_won_rate' as kpi, counted.*, counted.won_count as numerator, counted.person_count as denominator
    from counted
    where counted.milestone = 'lead'
    union all
    select 'mql_to_sql_rate' as kpi, counted.*, counted.sql_count as numerator, counted.person_count as denominator
    from counted
    where counted.milestone = 'mql'
    union all
    select
        'sql_to_opportunity_rate' as kpi, counted.*,
        counted.opportunity_count as numerator, counted.person_count as denominator
    from counted
    where counted.milestone = 'sql'
    union all
    select 'opportunity_to_won_rate' as kpi, counted.*,
        counted.won_count as numerator, counted.person_count as denominator
    from counted
    where counted.milestone = 'opportunity'
),

final as (
    select
        kpi,
        milestone_date as component_date,
        channel,
        source,
        campaign,
        region,
        segment,
        team,
        sales_rep,
        cast(sum(numerator) as decimal(38, 6)) as numerator,
        cast(sum(denominator) as decimal(38, 6)) as denominator,
        sum(person_count) as row_count,
        'all' as component_scope
    from components
    group by kpi, milestone_date, channel, source, campaign, region, segment, team, sales_rep
)

select * from final
