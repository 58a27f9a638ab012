{{ config(materialized='view') }}

with files_opportunity_line_items as (
    select * from {{ ref('stg_files__opportunity_line_items') }}
),

product_names as (
    select * from {{ ref('int_files_names_resolved') }}
    where entity = 'products'
),

final as (
    select
        files_opportunity_line_items.line_item_id,
        files_opportunity_line_items.opportunity_id,
        coalesce(files_opportunity_line_items.product_id, product_names.resolved_id) as product_id,
        files_opportunity_line_items.quantity,
        files_opportunity_line_items.amount,
        files_opportunity_line_items.source_system,
        files_opportunity_line_items.record_id,
        files_opportunity_line_items.updated_at,
        files_opportunity_line_items.is_deleted,
        files_opportunity_line_items.source_url
    from files_opportunity_line_items
    left join product_names
        on
            files_opportunity_line_items.source_system = product_names.source_system
            and {{ comparable_text('files_opportunity_line_items.product_name') }} = product_names.name_key
)

select * from final
