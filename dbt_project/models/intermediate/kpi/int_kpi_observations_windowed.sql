{{ config(materialized='view') }}

with observations as (
    select * from {{ ref('int_kpi_observations_unioned') }}
),

calendar_periods as (
    select * from {{ ref('int_calendar_periods') }}
),

windows as (
    select * from {{ ref('int_kpi_comparison_windows') }}
),

by_member as (
    {{ rows_by_member('observations', ['observation', 'observed_date', 'observed_value'], scope='observation_scope') }}
),

final as (
    select
        by_member.observation,
        windows.period_grain,
        windows.period_start_date,
        windows.comparison,
        by_member.dimension,
        by_member.member,
        by_member.observed_value
    from by_member
    inner join calendar_periods
        on by_member.observed_date = calendar_periods.calendar_date
    inner join windows
        on
            calendar_periods.period_grain = windows.period_grain
            and calendar_periods.period_start_date = windows.compared_start_date
            and calendar_periods.calendar_date <= windows.last_date
)

select * from final
