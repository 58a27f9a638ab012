with maturities as (
    select * from {{ ref('int_cohort_maturities_configured') }}
),

registry as (
    {{ kpi_registry() }}
),

final as (
    select
        registry.kpi,
        cast(registry.version as integer) as version,
        registry.label,
        registry.unit,
        registry.direction,
        registry.owner,
        registry.formula,
        registry.grain,
        registry.aggregation,
        registry.smallest_grain,
        registry.dimensions,
        registry.drill_through_fact,
        registry.drill_through_filter,
        registry.other_facts,
        registry.drill_through_date,
        registry.drill_through_measure,
        registry.computed_by,
        registry.sample_source,
        registry.required_input,
        registry.significance_test,
        registry.has_denominator,
        registry.is_zero_when_empty,
        cast(coalesce(maturities.maturity_days, registry.maturity_days) as integer) as maturity_days,
        cast(registry.valid_from_text as date) as valid_from,
        cast(null as date) as valid_to
    from registry
    left join maturities
        on registry.kpi = maturities.kpi
)

select * from final
