with observations as (
    select * from {{ ref('int_kpi_observations_unioned') }}
),

calendar_periods as (
    select * from {{ ref('int_calendar_periods') }}
),

by_member as (
    {{ rows_by_member('observations', ['observation', 'observed_date', 'observed_value'], scope='observation_scope') }}
),

by_period as (
    select
        calendar_periods.period_grain,
        calendar_periods.period_start_date,
        by_member.observation,
        by_member.dimension,
        by_member.member,
        by_member.observed_value
    from by_member
    inner join calendar_periods
        on by_member.observed_date = calendar_periods.calendar_date
),

final as (
    select
        observation,
        period_grain,
        period_start_date,
        dimension,
        member,
        count(*) as sample_count,
        {{ percentile_cont('observed_value', 0.5) }} as median_value,
        {{ percentile_cont('observed_value', 0.9) }} as p90_value,
        cast(sum(observed_value) as double) / count(*) as mean_value
    from by_period
    group by observation, period_grain, period_start_date, dimension, member
)

select * from final
