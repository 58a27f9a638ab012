{{ config(key='opportunity_key') }}

with opportunities as (
    select * from {{ ref('int_opportunities_kept') }}
),

staged as (
    select * from {{ ref('int_opportunities_staged') }}
),

placed as (
    select * from {{ ref('int_opportunities_placed') }}
),

cycles as (
    select * from {{ ref('int_opportunities_cycled') }}
),

products as (
    select * from {{ ref('int_opportunity_products_chosen') }}
),

taken_apart as (
    select distinct counted_as_key
    from opportunities
    where is_apart
),

-- what was deleted or merged away closes no cycle, and nothing says what it was for
final as (
    select
        opportunities.opportunity_key,
        opportunities.counted_as_key,
        placed.channel,
        placed.source,
        placed.campaign,
        placed.region,
        placed.segment,
        coalesce(products.product_key, '(unknown)') as product_key,
        coalesce(products.product_id, '(unknown)') as product,
        coalesce(cycles.opportunity_type, opportunities.opportunity_type, 'new') as opportunity_type,
        opportunities.is_renewal,
        opportunities.currency_code,
        opportunities.amount,
        opportunities.probability,
        opportunities.expected_close_date,
        placed.stage_key,
        placed.is_closed,
        placed.is_won,
        placed.created_date,
        staged.removed_date,
        opportunities.source_url
    from opportunities
    inner join staged
        on opportunities.opportunity_key = staged.opportunity_key
    inner join placed
        on opportunities.opportunity_key = placed.opportunity_key
    left join cycles
        on opportunities.counted_as_key = cycles.opportunity_key
    left join products
        on opportunities.counted_as_key = products.opportunity_key
    left join taken_apart
        on opportunities.opportunity_key = taken_apart.counted_as_key
    where opportunities.is_apart
        or taken_apart.counted_as_key is null
)

select * from final
