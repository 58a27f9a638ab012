with maturities as (
    select * from {{ ref('int_cohort_maturities_configured') }}
),

registry as (
    {{ kpi_registry() }}
),

headlines as (
    select * from {{ ref('int_kpi_headlines_dated') }}
),

dated as (
    select distinct kpi
    from headlines
),

-- which variants of a KPI are its versions is configured; what is redefined is told below
told as (
    select
        registry.*,
        registry.kpi as told_kpi,
        registry.label as told_label,
        registry.owner as told_owner,
        coalesce(headlines.formula, registry.formula) as told_formula,
        nullif(registry.change_note, '') as told_note,
        coalesce(headlines.version, registry.version) as version_number,
        coalesce(headlines.valid_from, cast(registry.valid_from_text as date)) as first_date,
        coalesce(headlines.valid_to, cast(nullif(registry.valid_to_text, '') as date)) as end_date
    from registry
    left join headlines
        on registry.kpi = headlines.kpi and registry.variant = headlines.variant
    left join dated
        on registry.kpi = dated.kpi
    where headlines.kpi is not null
        or (registry.variant = '' and dated.kpi is null)
),

-- any KPI may mean what is computed under another's name from a day on; until then it means itself
redefined as (
    select
        meant.*,
        named.kpi as told_kpi,
        named.label as told_label,
        named.owner as told_owner,
        coalesce(headlines.formula, meant.formula) as told_formula,
        'computed as ' || meant.computed_as as told_note,
        headlines.version as version_number,
        headlines.valid_from as first_date,
        headlines.valid_to as end_date
    from headlines
    inner join registry as named
        on headlines.kpi = named.kpi and named.variant = ''
    inner join registry as meant
        on headlines.variant = meant.kpi and meant.variant = ''
),

versions as (
    select * from told
    union all
    select * from redefined
),

final as (
    select
        versions.told_kpi as kpi,
        cast(versions.version_number as integer) as version,
        versions.told_label as label,
        versions.unit,
        versions.direction,
        versions.told_owner as owner,
        versions.told_formula as formula,
        versions.grain,
        versions.aggregation,
        versions.smallest_grain,
        versions.dimensions,
        versions.drill_through_fact,
        versions.drill_through_filter,
        versions.other_facts,
        versions.drill_through_date,
        versions.has_rows_of_other_days,
        versions.drill_through_measure,
        versions.drill_through_denominator,
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
        versions.told_note as change_note
    from versions
    left join maturities
        on versions.told_kpi = maturities.kpi
)

select * from final
