{{ config(
    key='span_now',
    reached={
        'int_kpi_observations_split': 'observed_date = int_kpi_paired_days_expanded.calendar_date',
        'int_kpi_observations_measured': 'int_kpi_paired_days_expanded.span_number'
    },
    compared=false
) }}

with observations as (
    select * from {{ ref('int_kpi_observations_split') }}
),

members as (
    select * from {{ ref('int_kpi_observation_members_numbered') }}
),

compared as (
    select * from {{ ref('int_kpi_spans_paired') }}
),

paired_days as (
    select * from {{ ref('int_kpi_paired_days_expanded') }}
),

samples as (
    select * from {{ ref('int_kpi_observations_measured') }}
    where sample_count >= 5
),

span_pairs as (
    select distinct span_now, span_then
    from compared
),

-- two spans may be compared with the same one
span_days as (
    select distinct span_number, calendar_date
    from paired_days
),

-- too few observations are not tested, and most periods of most members have too few
pairs as (
    select
        row_number() over (order by newer.member_number, span_pairs.span_now, span_pairs.span_then) as pair_number,
        newer.member_number,
        span_pairs.span_now,
        span_pairs.span_then,
        newer.sample_count as count_now,
        older.sample_count as count_then
    from span_pairs
    inner join samples as newer
        on span_pairs.span_now = newer.span_number
    inner join samples as older
        on
            span_pairs.span_then = older.span_number
            and newer.member_number = older.member_number
),

tested as (
    select member_number, span_now as span_number
    from pairs
    union
    select member_number, span_then as span_number
    from pairs
),

-- equal values stand on one row, of a span that is the newer one here and the older one there as well
counted as (
    select
        observations.member_number,
        span_days.span_number,
        observations.observed_value,
        count(*) as equal_count
    from observations
    inner join span_days
        on observations.observed_date = span_days.calendar_date
    inner join tested
        on
            observations.member_number = tested.member_number
            and span_days.span_number = tested.span_number
    group by observations.member_number, span_days.span_number, observations.observed_value
),

sides as (
    select pairs.pair_number, counted.observed_value, counted.equal_count as equal_now, 0 as equal_then
    from pairs
    inner join counted
        on
            pairs.member_number = counted.member_number
            and pairs.span_now = counted.span_number
    union all
    select pairs.pair_number, counted.observed_value, 0 as equal_now, counted.equal_count as equal_then
    from pairs
    inner join counted
        on
            pairs.member_number = counted.member_number
            and pairs.span_then = counted.span_number
),

by_value as (
    select
        pair_number,
        observed_value,
        max(equal_now) as equal_now,
        max(equal_then) as equal_then
    from sides
    group by pair_number, observed_value
),

-- how many of the other span lie below a value, and how many equal it, which count half
ordered as (
    select
        *,
        cast(equal_now + equal_then as decimal(12, 0)) as equal_count,
        2 * sum(equal_then) over (
            partition by pair_number
            order by observed_value
            rows between unbounded preceding and current row
        ) - equal_then as twice_below
    from by_value
),

ranked as (
    select
        pair_number,
        cast(sum(equal_now * twice_below) as double) / 2 as pairs_above,
        cast(sum(equal_count * equal_count * equal_count - equal_count) as double) as tie_term
    from ordered
    group by pair_number
),

final as (
    select
        members.observation,
        compared.period_grain,
        compared.period_start_date,
        members.dimension,
        members.member,
        pairs.span_now,
        pairs.count_now,
        pairs.count_then,
        ranked.pairs_above,
        ranked.tie_term
    from ranked
    inner join pairs
        on ranked.pair_number = pairs.pair_number
    inner join compared
        on
            pairs.span_now = compared.span_now
            and pairs.span_then = compared.span_then
    inner join members
        on pairs.member_number = members.member_number
)

select * from final
