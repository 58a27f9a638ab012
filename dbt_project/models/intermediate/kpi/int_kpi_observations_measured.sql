{{ config(
    key='span_number',
    reached={'int_kpi_observations_split': 'observed_date = int_kpi_span_days_expanded.calendar_date'},
    compared=false
) }}

with observations as (
    select * from {{ ref('int_kpi_observations_split') }}
),

span_days as (
    select * from {{ ref('int_kpi_span_days_expanded') }}
),

measured as (
    select
        observations.member_number,
        span_days.span_number,
        count(*) as sample_count,
        {{ percentiles_cont('observations.observed_value', [0.5, 0.9]) }} as percentiles,
        cast(sum(observations.observed_value) as double) as total_value,
        var_samp(cast(observations.observed_value as double)) as variance
    from observations
    inner join span_days
        on observations.observed_date = span_days.calendar_date
    group by observations.member_number, span_days.span_number
),

final as (
    select
        member_number,
        span_number,
        sample_count,
        {{ one_percentile('percentiles', 1) }} as median_value,
        {{ one_percentile('percentiles', 2) }} as p90_value,
        total_value / sample_count as mean_value,
        variance
    from measured
)

select * from final
