with maturities as (
    select * from {{ ref('int_cohort_maturities_configured') }}
),

registry as (
    {{ kpi_registry() }}
),

headlines as (
    select * from {{ ref('int_kpi_headlines_dated') }}
),

-- which variants of a KPI are its versions is configured
versions as (
    select
        registry.*,
        coalesce(headlines.version, registry.version) as version_number,
        coalesce(headlines.valid_from, cast(registry.valid_from_text as date)) as first_date,
        coalesce(headlines.valid_to, cast(nullif(registry.valid_to_text, '') as date)) as end_date
    from registry
    left join headlines
        on registry.kpi = headlines.kpi and registry.variant = headlines.variant
    where registry.variant = '' or headlines.kpi is not null
),

final as (
    select
        versions.kpi,
        cast(versions.version_number as integer) as version,
        versions.label,
        versions.unit,
        versions.direction,
        versions.owner,
        versions.formula,
        versions.grain,
        versions.aggregation,
        versions.smallest_grain,
        versions.dimensions,
        versions.drill_through_fact,
        versions.drill_through_filter,
        versions.other_facts,
        versions.drill_through_date,
        versions.drill_through_measure,
        versions.computed_by,
        versions.sample_source,
        versions.required_input,
        versions.significance_test,
        versions.has_denominator,
        versions.is_zero_when_empty,
        cast(coalesce(maturities.maturity_days, versions.maturity_days) as integer) as maturity_days,
        versions.first_date as valid_from,
        versions.end_date as valid_to,
        versions.computed_as,
        nullif(versions.change_note, '') as change_note
    from versions
    left join maturities
        on versions.kpi = maturities.kpi
)

select * from final
