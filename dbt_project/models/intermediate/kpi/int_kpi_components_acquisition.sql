with customers as (
    select * from {{ ref('int_customers') }}
),

cost_parts as (
    select * from {{ ref('int_acquisition_cost_parts') }}
),

run_parameters as (
    select * from {{ ref('int_run_parameters') }}
),

kpis (kpi) as (
    values ('cac_paid'), ('cac_direct'), ('cac_loaded')
),

-- the customers of a cost month: with a lag, those that came later
arrivals as (
    select
        {{ date_add_months('customers.first_purchase_date', '-run_parameters.cac_lag_months') }}
            as component_date,
        scopes.component_scope,
        case scopes.component_scope
            when 'channel' then customers.channel
            when 'segment' then customers.segment
        end as member
    from customers
    cross join run_parameters
    cross join (values ('total'), ('channel'), ('segment')) as scopes (component_scope)
),

ratio_parts as (
    select kpi, component_date, component_scope, member, amount as numerator, 0 as denominator
    from cost_parts
    union all
    select kpis.kpi, arrivals.component_date, arrivals.component_scope, arrivals.member, 0, 1
    from arrivals
    cross join kpis
),

components as (
    select
        kpi,
        component_date,
        case when component_scope = 'channel' then member end as channel,
        cast(null as {{ dbt.type_string() }}) as region,
        case when component_scope = 'segment' then member end as segment,
        sum(numerator) as numerator,
        sum(denominator) as denominator,
        component_scope
    from ratio_parts
    group by kpi, component_date, component_scope, member
    union all
    select
        'new_customers' as kpi, first_purchase_date as component_date, channel, region, segment,
        count(*) as numerator, null as denominator, 'all' as component_scope
    from customers
    group by first_purchase_date, channel, region, segment
),

final as (
    select
        kpi,
        component_date,
        channel,
        region,
        segment,
        cast(numerator as decimal(38, 6)) as numerator,
        cast(denominator as decimal(38, 6)) as denominator,
        component_scope
    from components
)

select * from final
