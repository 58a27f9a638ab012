with observations as (
    select * from {{ ref('int_kpi_observations_unioned') }}
),

by_member as (
    {{ rows_by_member('observations', ['observation', 'observed_date', 'observed_value']) }}
),

by_period as (
    select
        'month' as period_grain,
        {{ month_start('observed_date') }} as period_start_date,
        observation,
        dimension,
        member,
        observed_value
    from by_member
    union all
    select
        'quarter' as period_grain,
        {{ quarter_start('observed_date') }} as period_start_date,
        observation,
        dimension,
        member,
        observed_value
    from by_member
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
