{{ config(
    key='opportunity_key', reached={'int_opportunity_line_items_unioned': 'int_opportunities_resolved.opportunity_id'}
) }}

with line_items as (
    select * from {{ ref('int_opportunity_line_items_unioned') }}
),

opportunities as (
    select * from {{ ref('int_opportunities_valued') }}
),

products as (
    select * from {{ ref('int_products_unioned') }}
),

resolved as (
    select * from {{ ref('int_opportunities_resolved') }}
),

-- lines make up an amount: of merged records one list of them counts
listed as (
    select
        resolved.opportunity_key,
        line_items.source_system,
        line_items.line_item_id,
        line_items.product_id,
        line_items.quantity,
        line_items.amount,
        line_items.source_url,
        {{ rank_of_merged_list() }} as list_rank
    from line_items
    inner join resolved
        on line_items.source_system = resolved.source_system
        and line_items.opportunity_id = resolved.opportunity_id
    where not line_items.is_deleted
),

lines as (
    select
        opportunities.opportunity_key,
        line_items.line_item_id,
        case
            when products.product_id is null then '(unknown)'
            else {{ surrogate_key(['products.source_system', 'products.product_id']) }}
        end as product_key,
        coalesce(products.product_id, '(unknown)') as product_id,
        line_items.quantity,
        line_items.amount,
        case
            when line_items.amount = 0 then cast(0 as decimal(18, 2))
            else {{ to_reporting_amount('line_items.amount', 'opportunities.exchange_rate') }}
        end as amount_reporting,
        line_items.source_url
    from listed as line_items
    inner join opportunities
        on line_items.opportunity_key = opportunities.opportunity_key
        and line_items.list_rank = 1
    left join products
        on line_items.source_system = products.source_system
        and line_items.product_id = products.product_id
),

summed as (
    select
        opportunity_key,
        sum(amount) as lines_amount,
        sum(amount_reporting) as lines_amount_reporting
    from lines
    group by opportunity_key
),

rests as (
    select
        opportunities.opportunity_key,
        opportunities.currency_code,
        opportunities.amount - coalesce(summed.lines_amount, 0) as rest_amount,
        opportunities.amount_reporting - coalesce(summed.lines_amount_reporting, 0) as rest_amount_reporting,
        summed.opportunity_key is not null as has_lines,
        opportunities.source_url
    from opportunities
    left join summed
        on opportunities.opportunity_key = summed.opportunity_key
),

ranked as (
    select
        lines.*,
        row_number() over (
            partition by lines.opportunity_key order by abs(lines.amount) desc, lines.line_item_id
        ) as amount_rank
    from lines
),

-- lines that make up the whole amount leave only what converting them one by one has rounded: the largest takes it
final as (
    select
        ranked.opportunity_key,
        ranked.line_item_id,
        ranked.product_key,
        ranked.product_id,
        rests.currency_code,
        ranked.quantity,
        cast(ranked.amount as decimal(18, 4)) as amount,
        cast(
            ranked.amount_reporting
            + case
                when ranked.amount_rank = 1 and rests.rest_amount = 0 then rests.rest_amount_reporting
                else 0
            end as decimal(18, 2)
        ) as amount_reporting,
        false as is_rest,
        ranked.source_url
    from ranked
    inner join rests
        on ranked.opportunity_key = rests.opportunity_key
    union all
    select
        opportunity_key,
        '(rest)' as line_item_id,
        '(unknown)' as product_key,
        '(unknown)' as product_id,
        currency_code,
        null as quantity,
        cast(rest_amount as decimal(18, 4)) as amount,
        cast(rest_amount_reporting as decimal(18, 2)) as amount_reporting,
        true as is_rest,
        source_url
    from rests
    where rest_amount <> 0
        or not has_lines
)

select * from final
