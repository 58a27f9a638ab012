with registry as (
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
        kpi,
        cast(version_number as integer) as version,
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
        first_date as valid_from,
        end_date as valid_to,
        computed_as,
        nullif(change_note, '') as change_note
    from versions
)

select * from final
