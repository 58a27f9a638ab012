with purchases as (
    select * from {{ ref('int_purchases_ranked') }}
),

entries as (
    select * from {{ ref('int_invoice_entries_valued') }}
),

cost_parts as (
    select * from {{ ref('int_acquisition_cost_parts') }}
),

movements as (
    select * from {{ ref('int_mrr_movements_derived') }}
),

margins as (
    select * from {{ ref('int_gross_margins_dated') }}
),

scopes (component_scope) as (
    values ('total'), ('channel'), ('segment')
),

-- without a margin the worth of new revenue is unknown
new_margins as (
    select
        movements.month_end_date,
        movements.channel,
        movements.segment,
        cast(movements.closing_amount as decimal(20, 2)) * margins.gross_margin_ratio as margin_amount
    from movements
    left join margins
        on movements.month_end_date >= margins.valid_from
        and movements.month_end_date < margins.valid_to
    where movements.movement_type = 'new'
),

components as (
    select
        'repeat_purchases' as kpi,
        purchase_date as component_date,
        channel,
        region,
        segment,
        null as currency,
        'all' as component_scope,
        1 as numerator,
        cast(null as decimal(28, 8)) as denominator,
        1 as fact_count
    from purchases
    where purchase_number > 1
    union all
    select
        'revenue_invoiced_amount' as kpi,
        entry_date as component_date,
        channel,
        region,
        segment,
        currency_code as currency,
        'all' as component_scope,
        revenue_amount_reporting as numerator,
        null as denominator,
        case when revenue_amount_reporting <> 0 then 1 else 0 end as fact_count
    from entries
    where is_counted
    union all
    -- costs are shared out by channel and by segment in their own way
    select
        'cac_payback_months' as kpi,
        component_date,
        case when component_scope = 'channel' then member end as channel,
        null as region,
        case when component_scope = 'segment' then member end as segment,
        null as currency,
        component_scope,
        amount as numerator,
        0 as denominator,
        0 as fact_count
    from cost_parts
    where kpi = 'cac_loaded'
    union all
    select
        'cac_payback_months' as kpi,
        new_margins.month_end_date as component_date,
        case when scopes.component_scope = 'channel' then new_margins.channel end as channel,
        null as region,
        case when scopes.component_scope = 'segment' then new_margins.segment end as segment,
        null as currency,
        scopes.component_scope,
        case when new_margins.margin_amount is not null then 0 end as numerator,
        coalesce(new_margins.margin_amount, 0) as denominator,
        case when new_margins.margin_amount is not null then 1 else 0 end as fact_count
    from new_margins
    cross join scopes
),

final as (
    select
        kpi,
        component_date,
        channel,
        region,
        segment,
        currency,
        component_scope,
        cast(case when count(numerator) = count(*) then sum(numerator) end as decimal(38, 6)) as numerator,
        cast(sum(denominator) as decimal(38, 6)) as denominator,
        sum(fact_count) as fact_count
    from components
    group by kpi, component_date, channel, region, segment, currency, component_scope
)

select * from final
