{{ config(materialized='view') }}

with gross_margin_ratios as (
    select * from {{ source('meta', 'gross_margin_ratios') }}
),

final as (
    select
        gross_margin_ratios.valid_from,
        {{ safe_decimal('gross_margin_ratios.ratio_text', 9, 6) }} as gross_margin_ratio
    from gross_margin_ratios
)

select * from final
