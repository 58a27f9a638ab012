{{ config(materialized='view') }}

with value_mappings as (
    select * from {{ source('meta', 'value_mappings') }}
),

final as (
    select
        value_mappings.source_system,
        value_mappings.entity,
        value_mappings.column_name,
        value_mappings.source_value,
        value_mappings.unified_value
    from value_mappings
)

select * from final
