{{ config(adds=['int_people_milestones_dated'], sums=['numerator', 'denominator']) }}

with milestones as (
    select * from {{ ref('int_people_milestones_dated') }}
),

-- a person is of no product, type or currency; its count still belongs to one member of every dimension
final as (
    select
        'data_quality_negative_durations' as kpi,
        milestone_date as component_date,
        channel,
        source,
        campaign,
        region,
        segment,
        '(unknown)' as product,
        '(unknown)' as opportunity_type,
        '(unknown)' as currency,
        team,
        sales_rep,
        'all' as component_scope,
        cast(count(*) as decimal(38, 6)) as numerator,
        cast(null as decimal(38, 6)) as denominator,
        count(*) as row_count
    from milestones
    where milestone = 'sql'
        and is_mql_after_sql
    group by milestone_date, channel, source, campaign, region, segment, team, sales_rep
)

select * from final
