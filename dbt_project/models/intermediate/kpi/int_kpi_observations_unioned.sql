with funnel as (
    select * from {{ ref('int_kpi_observations_funnel') }}
),

opportunities as (
    select * from {{ ref('int_kpi_observations_opportunities') }}
),

service as (
    select * from {{ ref('int_kpi_observations_service') }}
),

final as (
    select
        observation,
        observed_date,
        channel,
        region,
        segment,
        team,
        sales_rep,
        ticket_channel,
        agent_group,
        observed_value
    from funnel
    union all
    select
        observation,
        observed_date,
        channel,
        region,
        segment,
        team,
        sales_rep,
        ticket_channel,
        agent_group,
        observed_value
    from opportunities
    union all
    select
        observation,
        observed_date,
        channel,
        region,
        segment,
        team,
        sales_rep,
        ticket_channel,
        agent_group,
        observed_value
    from service
)

select * from final
