with files_opportunity_line_items as (
    select * from {{ ref('int_files_opportunity_line_items_mapped') }}
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
)

select * from final
