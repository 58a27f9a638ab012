with kpi_values as (
    select * from {{ ref('kpi_values') }}
),

definitions as (
    select * from {{ ref('kpi_definitions') }}
),

trends as (
    select * from {{ ref('kpi_trends') }}
    where dimension = 'total'
),

latest_periods as (
    select
        kpi,
        period_grain,
        max(period_start_date) as period_start_date
    from kpi_values
    where dimension = 'total' and is_complete_period
    group by kpi, period_grain
),

final as (
    select
        kpi_values.kpi,
        kpi_values.version,
        kpi_values.period_grain,
        kpi_values.period_start_date,
        kpi_values.period_end_date,
        definitions.label,
        definitions.unit,
        definitions.direction,
        definitions.owner,
        kpi_values.value,
        kpi_values.sample_count,
        kpi_values.target_value,
        kpi_values.attainment,
        kpi_values.previous_value,
        kpi_values.previous_year_value,
        kpi_values.value - kpi_values.previous_value as change_value,
        (kpi_values.value - kpi_values.previous_value) / nullif(abs(kpi_values.previous_value), 0) as change_ratio,
        kpi_values.trend_status,
        trends.p_value,
        coalesce(trends.is_significant, false) as is_significant,
        kpi_values.is_small_sample,
        kpi_values.as_of_date
    from kpi_values
    inner join latest_periods
        on
            kpi_values.kpi = latest_periods.kpi
            and kpi_values.period_grain = latest_periods.period_grain
            and kpi_values.period_start_date = latest_periods.period_start_date
    inner join definitions
        on kpi_values.kpi = definitions.kpi and kpi_values.version = definitions.version
    left join trends
        on
            kpi_values.kpi = trends.kpi
            and kpi_values.version = trends.version
            and kpi_values.period_grain = trends.period_grain
            and kpi_values.period_start_date = trends.period_start_date
    where kpi_values.dimension = 'total' and kpi_values.is_official_version
)

select * from final
