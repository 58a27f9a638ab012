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
        headlines.kpi as redefined_kpi,
        named.label as redefined_label,
        named.owner as redefined_owner,
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
    select
        redefined_kpi as kpi,
        version,
        redefined_label as label,
        unit,
        direction,
        redefined_owner as owner,
        formula,
        grain,
        aggregation,
        smallest_grain,
        dimensions,
        drill_through_fact,
        drill_through_filter,
        other_facts,
        drill_through_date,
        drill_through_measure,
        computed_by,
        sample_source,
        required_input,
        significance_test,
        has_denominator,
        is_zero_when_empty,
        maturity_days,
        valid_from_text,
        valid_to_text,
        variant,
        computed_as,
        'computed as ' || computed_as as change_note,
        version_number,
        first_date,
        end_date
    from redefined
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
