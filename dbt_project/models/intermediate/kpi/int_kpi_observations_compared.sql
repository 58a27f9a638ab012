with measured as (
    select * from {{ ref('int_kpi_observations_measured') }}
),

members as (
    select * from {{ ref('int_kpi_observation_members_numbered') }}
),

spans as (
    select * from {{ ref('int_kpi_spans_listed') }}
    where comparison <> 'period'
),

final as (
    select
        members.observation,
        spans.period_grain,
        spans.period_start_date,
        spans.comparison,
        members.dimension,
        members.member,
        measured.sample_count,
        measured.median_value,
        measured.p90_value,
        measured.mean_value,
        measured.variance
    from measured
    inner join members
        on measured.member_number = members.member_number
    inner join spans
        on measured.span_number = spans.span_number
)

select * from final
