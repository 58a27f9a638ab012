{{ config(materialized='view') }}

with sources as (
    select * from {{ source('meta', 'sources') }}
),

final as (
    select
        sources.source_system,
        sources.kind,
        sources.is_enabled
    from sources
)

select * from final
