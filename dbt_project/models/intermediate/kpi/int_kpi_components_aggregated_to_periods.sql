with components as (
    select * from {{ ref('int_kpi_components_unioned') }}
),

by_month as (
    select
        kpi,
        {{ month_start('component_date') }} as month_start_date,
        channel, region, segment, team, sales_rep, ticket_channel, agent_group,
        component_scope,
        sum(numerator) as numerator,
        sum(denominator) as denominator
    from components
    group by
        kpi,
        {{ month_start('component_date') }},
        channel, region, segment, team, sales_rep, ticket_channel, agent_group,
        component_scope
),

by_member as (
    {{ rows_by_member('by_month', ['kpi', 'month_start_date', 'numerator', 'denominator'], scope='component_scope') }}
),

by_period as (
    select
        'month' as period_grain,
        month_start_date as period_start_date,
        kpi,
        dimension,
        member,
        numerator,
        denominator
    from by_member
    union all
    select
        'quarter' as period_grain,
        {{ quarter_start('month_start_date') }} as period_start_date,
        kpi,
        dimension,
        member,
        numerator,
        denominator
    from by_member
),

final as (
    select
        kpi,
        period_grain,
        period_start_date,
        dimension,
        member,
        cast(sum(numerator) as decimal(38, 6)) as numerator,
        cast(sum(denominator) as decimal(38, 6)) as denominator
    from by_period
    group by kpi, period_grain, period_start_date, dimension, member
)

select * from final
