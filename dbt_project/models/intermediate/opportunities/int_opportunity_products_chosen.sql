{{ config(key='opportunity_key') }}

with opportunities as (
    select * from {{ ref('int_opportunities_valued') }}
),

line_items as (
    select * from {{ ref('int_opportunity_line_items_completed') }}
    where not is_rest
),

summed as (
    select
        opportunity_key,
        product_key,
        product_id,
        sum(amount) as product_amount
    from line_items
    group by opportunity_key, product_key, product_id
),

-- the product that most of it is for, ties by id
ranked as (
    select
        opportunity_key,
        product_key,
        product_id,
        row_number() over (
            partition by opportunity_key order by product_amount desc, product_id
        ) as amount_rank
    from summed
),

final as (
    select
        opportunities.opportunity_key,
        coalesce(ranked.product_key, '(unknown)') as product_key,
        coalesce(ranked.product_id, '(unknown)') as product_id
    from opportunities
    left join ranked
        on opportunities.opportunity_key = ranked.opportunity_key
        and ranked.amount_rank = 1
)

select * from final
