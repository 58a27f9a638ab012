{{ config(adds=['int_tickets_measured', 'int_ratings_ranked'], sums=['numerator', 'denominator']) }}

with tickets as (
    select * from {{ ref('int_tickets_measured') }}
),

ratings as (
    select * from {{ ref('int_ratings_ranked') }}
),

sla_targets as (
    select * from {{ ref('int_ticket_sla_targets_judged') }}
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
        'tickets_solved' as kpi,
        last_solved_date as component_date,
        region,
        segment,
        ticket_channel,
        agent_group,
        1 as numerator,
        null as denominator
    from tickets
    where is_solved
    union all
    select
        'ticket_reopen_rate' as kpi,
        first_solved_date as component_date,
        region,
        segment,
        ticket_channel,
        agent_group,
        case when is_reopened then 1 else 0 end as numerator,
        1 as denominator
    from tickets
    where first_solved_date is not null
    union all
    select
        'sla_met_rate' as kpi,
        sla_targets.due_date as component_date,
        tickets.region,
        tickets.segment,
        tickets.ticket_channel,
        tickets.agent_group,
        sla_targets.met_count as numerator,
        sla_targets.due_count as denominator
    from sla_targets
    inner join tickets
        on sla_targets.ticket_key = tickets.ticket_key
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
        cast(sum(denominator) as decimal(38, 6)) as denominator,
        count(*) as row_count
    from components
    group by kpi, component_date, region, segment, ticket_channel, agent_group
)

select * from final
