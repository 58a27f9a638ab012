with files_products as (
    select * from {{ ref('int_files_products_mapped') }}
),

hubspot_products as (
    select * from {{ ref('int_hubspot_products_mapped') }}
),

stripe_products as (
    select * from {{ ref('int_stripe_products_mapped') }}
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
    union all
    select
        hubspot_products.product_id,
        hubspot_products.product_name,
        hubspot_products.product_family,
        hubspot_products.source_system,
        hubspot_products.record_id,
        hubspot_products.updated_at,
        hubspot_products.is_deleted,
        hubspot_products.source_url
    from hubspot_products
    union all
    select
        stripe_products.product_id,
        stripe_products.product_name,
        stripe_products.product_family,
        stripe_products.source_system,
        stripe_products.record_id,
        stripe_products.updated_at,
        stripe_products.is_deleted,
        stripe_products.source_url
    from stripe_products
)

select * from final
