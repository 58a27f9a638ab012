with line_items as (
    select * from {{ ref('int_opportunity_line_items_completed') }}
),

opportunities as (
    select * from {{ ref('int_opportunities_valued') }}
),

cycles as (
    select * from {{ ref('int_opportunities_cycled') }}
),

-- an amount is that of the lines, each of one product, and of the rest
amounts as (
    select
        opportunities.opportunity_key,
        opportunities.channel,
        opportunities.source,
        opportunities.campaign,
        opportunities.region,
        opportunities.segment,
        line_items.product_id as product,
        cycles.opportunity_type,
        opportunities.currency_code as currency,
        opportunities.created_date,
        opportunities.created_team,
        opportunities.created_sales_rep_id,
        opportunities.closed_date,
        opportunities.owner_team,
        opportunities.owner_sales_rep_id,
        opportunities.is_renewal,
        opportunities.is_won,
        line_items.amount_reporting
    from line_items
    inner join opportunities
        on line_items.opportunity_key = opportunities.opportunity_key
    inner join cycles
        on opportunities.opportunity_key = cycles.opportunity_key
),

dated as (
    select
        'opportunities_created_amount' as kpi, created_date as component_date, channel, source, campaign, region,
        segment, product, opportunity_type, currency, created_team as team, created_sales_rep_id as sales_rep,
        amount_reporting
    from amounts
    where not is_renewal
    union all
    select
        'sales_amount' as kpi, closed_date as component_date, channel, source, campaign, region,
        segment, product, opportunity_type, currency, owner_team as team, owner_sales_rep_id as sales_rep,
        amount_reporting
    from amounts
    where is_won
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
        product,
        opportunity_type,
        currency,
        team,
        sales_rep,
        'all' as component_scope,
        cast(sum(amount_reporting) as decimal(38, 6)) as numerator,
        cast(null as decimal(38, 6)) as denominator
    from dated
    group by
        kpi, component_date, channel, source, campaign, region, segment, product, opportunity_type, currency, team,
        sales_rep
)

select * from final
