with movements as (
    select * from {{ ref('int_mrr_movements_derived') }}
),

kpis as (
    select 'mrr_new' as kpi
    union all
    select 'mrr_reactivated' as kpi
    union all
    select 'mrr_churned' as kpi
    union all
    select 'mrr_expansion' as kpi
    union all
    select 'mrr_contraction' as kpi
    union all
    select 'mrr_fx' as kpi
    union all
    select 'customers_churned' as kpi
),

components as (
    select
        kpis.kpi,
        movements.month_end_date as component_date,
        movements.channel,
        movements.region,
        movements.segment,
        case
            when kpis.kpi = 'mrr_new' and movements.movement_type = 'new' then movements.closing_amount
            when kpis.kpi = 'mrr_reactivated' and movements.movement_type = 'reactivated'
                then movements.closing_amount
            when kpis.kpi = 'mrr_churned' and movements.movement_type = 'churned'
                then movements.opening_amount
            when kpis.kpi = 'mrr_expansion' then greatest(movements.change_amount, 0)
            when kpis.kpi = 'mrr_contraction' then greatest(-movements.change_amount, 0)
            when kpis.kpi = 'mrr_fx' then movements.fx_amount
            when kpis.kpi = 'customers_churned' and movements.movement_type = 'churned' then 1
            else 0
        end as numerator
    from movements
    cross join kpis
),

final as (
    select
        kpi,
        component_date,
        channel,
        region,
        segment,
        'all' as component_scope,
        cast(sum(numerator) as decimal(38, 6)) as numerator,
        cast(null as decimal(38, 6)) as denominator,
        sum(case when numerator <> 0 then 1 else 0 end) as fact_count
    from components
    group by kpi, component_date, channel, region, segment
)

select * from final
