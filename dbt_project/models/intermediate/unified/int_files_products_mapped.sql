{{ config(materialized='view') }}

with files_products as (
    select * from {{ ref('stg_files__products') }}
),

implied as (
    select * from {{ ref('int_files_names_resolved') }}
    where entity = 'products' and is_implied
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
        implied.resolved_id as product_id,
        implied.thing_name as product_name,
        cast(null as {{ dbt.type_string() }}) as product_family,
        implied.source_system,
        implied.resolved_id as record_id,
        cast(null as timestamp) as updated_at,
        false as is_deleted,
        cast(null as {{ dbt.type_string() }}) as source_url
    from implied
)

select * from final
