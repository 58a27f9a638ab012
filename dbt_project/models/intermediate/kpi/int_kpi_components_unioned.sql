with funnel as (
    select * from {{ ref('int_kpi_components_funnel') }}
),

opportunities as (
    select * from {{ ref('int_kpi_components_opportunities') }}
),

spend as (
    select * from {{ ref('int_kpi_components_spend') }}
),

acquisition as (
    select * from {{ ref('int_kpi_components_acquisition') }}
),

revenue as (
    select * from {{ ref('int_kpi_components_revenue') }}
),

service as (
    select * from {{ ref('int_kpi_components_service') }}
),

components as (
    select
        kpi,
        component_date,
        channel,
        region,
        segment,
        team,
        sales_rep,
        ticket_channel,
        agent_group,
        component_scope,
        numerator,
        denominator
    from funnel
    union all
    select
        kpi,
        component_date,
        channel,
        region,
        segment,
        team,
        sales_rep,
        ticket_channel,
        agent_group,
        component_scope,
        numerator,
        denominator
    from opportunities
    union all
    select
        kpi,
        component_date,
        channel,
        region,
        segment,
        team,
        sales_rep,
        ticket_channel,
        agent_group,
        component_scope,
        numerator,
        denominator
    from spend
    union all
    select
        kpi,
        component_date,
        channel,
        region,
        segment,
        team,
        sales_rep,
        ticket_channel,
        agent_group,
        component_scope,
        numerator,
        denominator
    from acquisition
    union all
    select
        kpi,
        component_date,
        channel,
        region,
        segment,
        team,
        sales_rep,
        ticket_channel,
        agent_group,
        component_scope,
        numerator,
        denominator
    from revenue
    union all
    select
        kpi,
        component_date,
        channel,
        region,
        segment,
        team,
        sales_rep,
        ticket_channel,
        agent_group,
        component_scope,
        numerator,
        denominator
    from service
),

final as (
    select
        kpi,
        component_date,
        channel,
        region,
        segment,
        team,
        sales_rep,
        ticket_channel,
        agent_group,
        component_scope,
        cast(sum(numerator) as decimal(38, 6)) as numerator,
        cast(sum(denominator) as decimal(38, 6)) as denominator
    from components
    group by
        kpi,
        component_date,
        channel,
        region,
        segment,
        team,
        sales_rep,
        ticket_channel,
        agent_group,
        component_scope
)

select * from final
