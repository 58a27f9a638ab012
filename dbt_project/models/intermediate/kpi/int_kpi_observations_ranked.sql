with observations as (
    select * from {{ ref('int_kpi_observations_windowed') }}
),

samples as (
    select * from {{ ref('int_kpi_observations_compared') }}
    where sample_count >= 5
),

-- too few observations are not tested, and most periods of most members have too few
pairs as (
    select
        newer.observation,
        newer.period_grain,
        newer.period_start_date,
        newer.dimension,
        newer.member,
        newer.sample_count as count_now,
        older.sample_count as count_then
    from samples as newer
    inner join samples as older
        on
            newer.observation = older.observation
            and newer.period_grain = older.period_grain
            and newer.period_start_date = older.period_start_date
            and newer.dimension = older.dimension
            and newer.member = older.member
            and older.comparison = 'previous'
    where newer.comparison = 'current'
),

-- equal values stand on one row
by_value as (
    select
        pairs.observation,
        pairs.period_grain,
        pairs.period_start_date,
        pairs.dimension,
        pairs.member,
        pairs.count_now,
        pairs.count_then,
        observations.observed_value,
        sum(case when observations.comparison = 'current' then 1 else 0 end) as equal_now,
        sum(case when observations.comparison = 'previous' then 1 else 0 end) as equal_then
    from pairs
    inner join observations
        on
            pairs.observation = observations.observation
            and pairs.period_grain = observations.period_grain
            and pairs.period_start_date = observations.period_start_date
            and pairs.dimension = observations.dimension
            and pairs.member = observations.member
    where observations.comparison in ('current', 'previous')
    group by
        pairs.observation,
        pairs.period_grain,
        pairs.period_start_date,
        pairs.dimension,
        pairs.member,
        pairs.count_now,
        pairs.count_then,
        observations.observed_value
),

-- how many of the other period lie below a value, and how many equal it, which count half
ordered as (
    select
        *,
        cast(equal_now + equal_then as decimal(12, 0)) as equal_count,
        2 * sum(equal_then) over (
            partition by observation, period_grain, period_start_date, dimension, member
            order by observed_value
            rows between unbounded preceding and current row
        ) - equal_then as twice_below
    from by_value
),

final as (
    select
        observation,
        period_grain,
        period_start_date,
        dimension,
        member,
        count_now,
        count_then,
        cast(sum(equal_now * twice_below) as double) / 2 as pairs_above,
        cast(sum(equal_count * equal_count * equal_count - equal_count) as double) as tie_term
    from ordered
    group by observation, period_grain, period_start_date, dimension, member, count_now, count_then
)

select * from final
