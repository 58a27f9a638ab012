with tickets as (
    select * from {{ ref('int_tickets_measured') }}
),

ratings as (
    select * from {{ ref('int_ratings_ranked') }}
),

components as (
    select
        'tickets_created' as kpi,
        created_date as component_date,
        region,
        segment,
        ticket_channel,
        agent_group,
        1 as numerator,
        cast(null as integer) as denominator
    from tickets
    union all
    select
        'csat' as kpi,
        rated_date as component_date,
        region,
        segment,
        ticket_channel,
        agent_group,
        case when is_good then 1 else 0 end as numerator,
        1 as denominator
    from ratings
    where survey_type = 'csat'
        and is_latest_answer
        and is_good is not null
    union all
    select
        'csat_response_rate' as kpi,
        offered_date as component_date,
        region,
        segment,
        ticket_channel,
        agent_group,
        case when rated_at is not null then 1 else 0 end as numerator,
        1 as denominator
    from ratings
    where survey_type = 'csat'
        and is_offer_counted
),

final as (
    select
        kpi,
        component_date,
        region,
        segment,
        ticket_channel,
        agent_group,
        'all' as component_scope,
        cast(sum(numerator) as decimal(38, 6)) as numerator,
        cast(sum(denominator) as decimal(38, 6)) as denominator
    from components
    group by kpi, component_date, region, segment, ticket_channel, agent_group
)

select * from final
