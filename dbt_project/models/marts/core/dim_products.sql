with products as (
    select * from {{ ref('int_products_unioned') }}
),

final as (
    select
        {{ surrogate_key(['source_system', 'product_id']) }} as product_key,
        source_system,
        product_id,
        product_name,
        coalesce(product_family, '(unknown)') as product_family,
        is_deleted,
        source_url
    from products
    union all
    select
        '(unknown)' as product_key,
        '(unknown)' as source_system,
        '(unknown)' as product_id,
        '(unknown)' as product_name,
        '(unknown)' as product_family,
        false as is_deleted,
        null as source_url
)

select * from final
