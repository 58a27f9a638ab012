with observations as (
    select * from {{ ref('int_kpi_observations_windowed') }}
),

final as (
    select
        observation,
        period_grain,
        period_start_date,
        comparison,
        dimension,
        member,
        count(*) as sample_count,
        {{ percentile_cont('observed_value', 0.5) }} as median_value,
        {{ percentile_cont('observed_value', 0.9) }} as p90_value,
        cast(sum(observed_value) as double) / count(*) as mean_value,
        var_samp(cast(observed_value as double)) as variance
    from observations
    group by observation, period_grain, period_start_date, comparison, dimension, member
)

select * from final
