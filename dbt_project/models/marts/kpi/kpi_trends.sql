{{ config(compared=false) }}

with compared as (
    select * from {{ ref('int_kpi_values_compared') }}
),

tested as (
    select * from {{ ref('int_kpi_changes_tested') }}
),

windows as (
    select * from {{ ref('int_kpi_comparison_windows') }}
    where comparison = 'current'
),

kpi_values as (
    select * from {{ ref('kpi_values') }}
),

definitions as (
    select * from {{ ref('kpi_definitions') }}
),

run_parameters as (
    select * from {{ ref('int_run_parameters') }}
),

previous as (
    select * from compared
    where comparison = 'previous'
),

previous_year as (
    select * from compared
    where comparison = 'previous_year'
),

final as (
    select
        kpi_values.kpi,
        kpi_values.version,
        kpi_values.period_grain,
        kpi_values.period_start_date,
        kpi_values.dimension,
        kpi_values.member,
        kpi_values.member_label,
        kpi_values.period_end_date,
        kpi_values.is_complete_period,
        windows.day_count,
        previous.compared_day_count as previous_day_count,
        previous_year.compared_day_count as previous_year_day_count,
        kpi_values.value,
        previous.compared_value as comparable_previous_value,
        kpi_values.value - previous.compared_value as change_value,
        (kpi_values.value - previous.compared_value) / nullif(abs(previous.compared_value), 0) as change_ratio,
        previous_year.compared_value as comparable_previous_year_value,
        kpi_values.value - previous_year.compared_value as year_change_value,
        (kpi_values.value - previous_year.compared_value) / nullif(abs(previous_year.compared_value), 0)
            as year_change_ratio,
        kpi_values.trend_status,
        {{ trend_status('kpi_values.value', 'previous_year.compared_value', 'definitions.direction') }}
            as year_trend_status,
        definitions.significance_test,
        tested.statistic,
        tested.degrees_of_freedom,
        tested.dispersion,
        tested.p_value,
        definitions.significance_test <> 'none'
        and previous.compared_value is not null
        and kpi_values.value is not null
        and tested.statistic is null as is_too_small_to_test,
        -- a shorter month may have fewer of what became more frequent: that is no fall to explain
        coalesce(
            tested.p_value < run_parameters.significance_level
            and (kpi_values.value > previous.compared_value) = (tested.statistic > 0)
            and kpi_values.value <> previous.compared_value,
            false
        ) as is_significant,
        kpi_values.is_small_sample,
        kpi_values.is_official_version,
        kpi_values.unit,
        kpi_values.as_of_date
    from kpi_values
    inner join windows
        on kpi_values.period_grain = windows.period_grain and kpi_values.period_start_date = windows.period_start_date
    inner join definitions
        on kpi_values.kpi = definitions.kpi and kpi_values.version = definitions.version
    cross join run_parameters
    left join previous
        on
            kpi_values.kpi = previous.kpi
            and kpi_values.version = previous.version
            and kpi_values.period_grain = previous.period_grain
            and kpi_values.period_start_date = previous.period_start_date
            and kpi_values.dimension = previous.dimension
            and kpi_values.member = previous.member
    left join previous_year
        on
            kpi_values.kpi = previous_year.kpi
            and kpi_values.version = previous_year.version
            and kpi_values.period_grain = previous_year.period_grain
            and kpi_values.period_start_date = previous_year.period_start_date
            and kpi_values.dimension = previous_year.dimension
            and kpi_values.member = previous_year.member
    left join tested
        on
            kpi_values.kpi = tested.kpi
            and kpi_values.version = tested.version
            and kpi_values.period_grain = tested.period_grain
            and kpi_values.period_start_date = tested.period_start_date
            and kpi_values.dimension = tested.dimension
            and kpi_values.member = tested.member
)

select * from final
