{{ config(key='line_item_id') }}

with files_opportunity_line_items as (
    select * from {{ ref('int_files_opportunity_line_items_mapped') }}
),

hubspot_opportunity_line_items as (
    select * from {{ ref('int_hubspot_opportunity_line_items_mapped') }}
),

final as (
    select
        files_opportunity_line_items.line_item_id,
        files_opportunity_line_items.opportunity_id,
        files_opportunity_line_items.product_id,
        files_opportunity_line_items.quantity,
        files_opportunity_line_items.amount,
        files_opportunity_line_items.source_system,
        files_opportunity_line_items.record_id,
        files_opportunity_line_items.updated_at,
        files_opportunity_line_items.is_deleted,
        files_opportunity_line_items.source_url
    from files_opportunity_line_items
    union all
    select
        hubspot_opportunity_line_items.line_item_id,
        hubspot_opportunity_line_items.opportunity_id,
        hubspot_opportunity_line_items.product_id,
        hubspot_opportunity_line_items.quantity,
        hubspot_opportunity_line_items.amount,
        hubspot_opportunity_line_items.source_system,
        hubspot_opportunity_line_items.record_id,
        hubspot_opportunity_line_items.updated_at,
        hubspot_opportunity_line_items.is_deleted,
        hubspot_opportunity_line_items.source_url
    from hubspot_opportunity_line_items
)

select * from final
