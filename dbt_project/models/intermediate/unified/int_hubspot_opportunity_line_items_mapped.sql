{{ config(key='line_item_id', reached={'int_hubspot_associations_unpacked': 'to_id'}) }}

with line_items as (
    select * from {{ ref('stg_hubspot__line_items') }}
),

associations as (
    select * from {{ ref('int_hubspot_associations_unpacked') }}
    where association = 'deal_line_items'
),

-- a deal that was merged away keeps its last list: the newer list is that of the survivor
deals_of_line_items as (
    select
        to_id,
        from_id as opportunity_id,
        row_number() over (partition by to_id order by updated_at desc, from_id desc) as list_rank
    from associations
),

final as (
    select
        line_items.line_item_id,
        deals_of_line_items.opportunity_id,
        line_items.product_id,
        line_items.quantity,
        coalesce(
            line_items.net_amount,
            cast(cast(line_items.unit_price as decimal(19, 4)) * line_items.quantity as decimal(18, 4)),
            0
        ) as amount,
        line_items.source_system,
        line_items.record_id,
        line_items.updated_at,
        line_items.is_deleted,
        cast(null as {{ dbt.type_string() }}) as source_url
    from line_items
    inner join deals_of_line_items
        on line_items.line_item_id = deals_of_line_items.to_id
        and deals_of_line_items.list_rank = 1
)

select * from final
