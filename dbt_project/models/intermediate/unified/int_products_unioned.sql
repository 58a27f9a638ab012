with files_products as (
    select * from {{ ref('int_files_products_mapped') }}
),

final as (
    select
        files_products.product_id,
        files_products.product_name,
        files_products.product_family,
        files_products.source_system,
        files_products.record_id,
        files_products.updated_at,
        files_products.is_deleted,
        files_products.source_url
    from files_products
)

select * from final
