{{ config(materialized='view') }}

with kpi_headlines as (
    select * from {{ source('meta', 'kpi_headlines') }}
),

final as (
    select
        kpi_headlines.kpi,
        kpi_headlines.variant,
        kpi_headlines.valid_from,
        kpi_headlines.formula
    from kpi_headlines
)

select * from final
