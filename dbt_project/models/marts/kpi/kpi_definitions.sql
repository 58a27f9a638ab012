with registry as (
    {{ kpi_registry() }}
),

final as (
    select
        kpi,
        cast(version as integer) as version,
        label,
        unit,
        direction,
        owner,
        formula,
        grain,
        aggregation,
        smallest_grain,
        dimensions,
        drill_through_fact,
        drill_through_filter,
        computed_by,
        sample_source,
        required_input,
        significance_test,
        has_denominator,
        is_zero_when_empty,
        cast(valid_from_text as date) as valid_from,
        cast(null as date) as valid_to
    from registry
)

select * from final
