with tie_outs as (
    select * from {{ ref('vendor_tie_outs') }}
),

definitions as (
    select * from {{ ref('kpi_definitions') }}
),

valid_definitions as (
    select
        kpi,
        label,
        unit,
        formula
    from definitions
    where valid_to is null
),

final as (
    select
        tie_outs.kpi,
        valid_definitions.label,
        valid_definitions.unit,
        valid_definitions.formula,
        tie_outs.vendor,
        tie_outs.vendor_name,
        tie_outs.vendor_place,
        tie_outs.relation,
        tie_outs.explanation,
        tie_outs.variant,
        tie_outs.source
    from tie_outs
    left join valid_definitions
        on tie_outs.kpi = valid_definitions.kpi
)

select * from final
