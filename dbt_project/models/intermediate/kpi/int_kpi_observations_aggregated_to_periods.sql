with measured as (
    select * from {{ ref('int_kpi_observations_measured') }}
),

members as (
    select * from {{ ref('int_kpi_observation_members_numbered') }}
),

periods as (
    select * from {{ ref('int_kpi_spans_listed') }}
    where comparison = 'period'
),

final as (
    select
        members.observation,
        periods.period_grain,
        periods.period_start_date,
        members.dimension,
        members.member,
        measured.sample_count,
        measured.median_value,
        measured.p90_value,
        measured.mean_value
    from measured
    inner join members
        on measured.member_number = members.member_number
    inner join periods
        on measured.span_number = periods.span_number
)

select * from final
