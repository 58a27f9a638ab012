with movements as (
    select * from {{ ref('int_mrr_movements_derived') }}
),

customer_movements as (
    select
        month_end_date as component_date,
        channel,
        region,
        segment,
        case when movement_type = 'new' then closing_amount else 0 end as new_amount,
        case when movement_type = 'reactivated' then closing_amount else 0 end as reactivated_amount,
        case when movement_type = 'churned' then opening_amount else 0 end as churned_amount,
        case when movement_type = 'churned' then 1 else 0 end as churned_count,
        greatest(change_amount, 0) as expansion_amount,
        greatest(-change_amount, 0) as contraction_amount,
        fx_amount
    from movements
),

by_member as (
    select
        component_date,
        channel,
        region,
        segment,
        sum(new_amount) as new_amount,
        sum(reactivated_amount) as reactivated_amount,
        sum(churned_amount) as churned_amount,
        sum(churned_count) as churned_count,
        sum(expansion_amount) as expansion_amount,
        sum(contraction_amount) as contraction_amount,
        sum(fx_amount) as fx_amount
    from customer_movements
    group by component_date, channel, region, segment
),

components as (
    select 'mrr_new' as kpi, component_date, channel, region, segment, new_amount as numerator
    from by_member
    union all
    select 'mrr_reactivated', component_date, channel, region, segment, reactivated_amount
    from by_member
    union all
    select 'mrr_churned', component_date, channel, region, segment, churned_amount
    from by_member
    union all
    select 'mrr_expansion', component_date, channel, region, segment, expansion_amount
    from by_member
    union all
    select 'mrr_contraction', component_date, channel, region, segment, contraction_amount
    from by_member
    union all
    select 'mrr_fx', component_date, channel, region, segment, fx_amount
    from by_member
    union all
    select 'customers_churned', component_date, channel, region, segment, churned_count
    from by_member
),

final as (
    select
        kpi,
        component_date,
        channel,
        region,
        segment,
        cast(null as {{ dbt.type_string() }}) as team,
        cast(null as {{ dbt.type_string() }}) as sales_rep,
        cast(null as {{ dbt.type_string() }}) as ticket_channel,
        cast(null as {{ dbt.type_string() }}) as agent_group,
        'all' as component_scope,
        cast(numerator as decimal(38, 6)) as numerator,
        cast(null as decimal(38, 6)) as denominator
    from components
)

select * from final
