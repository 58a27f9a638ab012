{{ config(key='opportunity_key') }}

with opportunities as (
    select * from {{ ref('int_opportunities_valued') }}
),

cycles as (
    select * from {{ ref('int_opportunities_cycled') }}
),

products as (
    select * from {{ ref('int_opportunity_products_chosen') }}
),

-- credits are no deals and renewals have no cycle
closed as (
    select
        opportunities.opportunity_key,
        opportunities.closed_date,
        opportunities.channel,
        opportunities.source,
        opportunities.campaign,
        opportunities.region,
        opportunities.segment,
        products.product_id as product,
        cycles.opportunity_type,
        opportunities.currency_code as currency,
        opportunities.owner_team as team,
        opportunities.owner_sales_rep_id as sales_rep,
        opportunities.is_won,
        cycles.sales_cycle_days,
        cycles.opportunity_cycle_days
    from opportunities
    inner join cycles
        on opportunities.opportunity_key = cycles.opportunity_key
    inner join products
        on opportunities.opportunity_key = products.opportunity_key
    where opportunities.is_closed
        and not opportunities.is_renewal
        and not opportunities.is_credit
),

observed as (
    select 'sales_cycle_days' as observation, closed.*, closed.sales_cycle_days as days
    from closed
    where closed.is_won
    union all
    select 'opportunity_cycle_days' as observation, closed.*, closed.opportunity_cycle_days as days
    from closed
    where closed.is_won
    union all
    select 'lost_cycle_days' as observation, closed.*, closed.sales_cycle_days as days
    from closed
    where not closed.is_won
),

final as (
    select
        opportunity_key,
        observation,
        closed_date as observed_date,
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
        cast(days as decimal(18, 6)) as observed_value
    from observed
    where days >= 0
)

select * from final
