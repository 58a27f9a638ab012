with gross_margin_ratios as (
    select * from {{ ref('stg_meta__gross_margin_ratios') }}
),

final as (
    select
        valid_from,
        coalesce(lead(valid_from) over (order by valid_from), date '9999-12-31') as valid_to,
        gross_margin_ratio
    from gross_margin_ratios
)

select * from final
