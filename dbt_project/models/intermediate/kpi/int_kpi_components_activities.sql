{{ config(adds=['int_activities_resolved', 'int_quotes_resolved'], sums=['numerator']) }}

with activities as (
    select * from {{ ref('int_activities_resolved') }}
),

quotes as (
    select * from {{ ref('int_quotes_resolved') }}
),

components as (
    select
        case activity_type
            when 'call' then 'calls'
            when 'meeting' then 'meetings'
            else 'emails_sent'
        end as kpi,
        occurred_date as component_date,
        channel,
        source,
        campaign,
        region,
        segment,
        team,
        sales_rep,
        1 as numerator
    from activities
    where is_counted
        and activity_type in ('call', 'meeting', 'email')
    union all
    select
        'engagement_minutes' as kpi,
        occurred_date as component_date,
        channel,
        source,
        campaign,
        region,
        segment,
        team,
        sales_rep,
        duration_minutes as numerator
    from activities
    where is_counted
        and duration_minutes > 0
    union all
    select
        'quotes_sent' as kpi,
        sent_date as component_date,
        channel,
        source,
        campaign,
        region,
        segment,
        team,
        sales_rep,
        1 as numerator
    from quotes
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
        cast(null as decimal(38, 6)) as denominator,
        count(*) as row_count
    from components
    group by kpi, component_date, channel, source, campaign, region, segment, team, sales_rep
)

select * from final
