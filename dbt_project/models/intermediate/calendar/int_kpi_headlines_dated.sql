with kpi_headlines as (
    select * from {{ ref('stg_meta__kpi_headlines') }}
),

final as (
    select
        kpi,
        variant,
        cast(row_number() over (partition by kpi order by valid_from) as integer) as version,
        valid_from,
        lead(valid_from) over (partition by kpi order by valid_from) as valid_to,
        formula
    from kpi_headlines
)

select * from final
