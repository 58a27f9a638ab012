{{ config(key='opportunity_key') }}

with line_items as (
    select * from {{ ref('int_opportunity_line_items_completed') }}
),

opportunities as (
    select * from {{ ref('fct_opportunities') }}
),

final as (
    select
        {{ surrogate_key(['line_items.opportunity_key', 'line_items.line_item_id']) }} as opportunity_line_item_key,
        line_items.opportunity_key,
        line_items.line_item_id,
        line_items.product_key,
        opportunities.customer_key,
        opportunities.owner_sales_rep_key,
        opportunities.owner_team,
        opportunities.opportunity_type,
        opportunities.channel,
        opportunities.region,
        opportunities.segment,
        line_items.currency_code,
        cast(line_items.quantity as decimal(18, 4)) as quantity,
        line_items.amount as line_amount,
        line_items.amount_reporting as line_amount_reporting,
        case when opportunities.is_won then line_items.amount_reporting else cast(0 as decimal(18, 2)) end
            as won_line_amount_reporting,
        line_items.is_rest,
        opportunities.is_won,
        opportunities.created_date,
        opportunities.closed_date,
        line_items.source_url
    from line_items
    inner join opportunities
        on line_items.opportunity_key = opportunities.opportunity_key
)

select * from final
