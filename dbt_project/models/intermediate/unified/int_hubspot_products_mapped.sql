with products as (
    select * from {{ ref('stg_hubspot__products') }}
),

final as (
    select
        product_id,
        product_name,
        product_type as product_family,
        source_system,
        record_id,
        updated_at,
        is_deleted,
        cast(null as {{ dbt.type_string() }}) as source_url
    from products
)

select * from final
