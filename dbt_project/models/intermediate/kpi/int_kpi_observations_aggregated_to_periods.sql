with observations as (
    select * from {{ ref('int_kpi_observations_unioned') }}
),

by_member as (
    select observation, observed_date, 'total' as dimension, 'all' as member,
        observed_value
    from observations
    union all
    select observation, observed_date, 'channel' as dimension, channel as member,
        observed_value
    from observations
    where channel is not null
    union all
    select observation, observed_date, 'region' as dimension, region as member,
        observed_value
    from observations
    where region is not null
    union all
    select observation, observed_date, 'segment' as dimension, segment as member,
        observed_value
    from observations
    where segment is not null
    union all
    select observation, observed_date, 'team' as dimension, team as member,
        observed_value
    from observations
    where team is not null
    union all
    select observation, observed_date, 'sales_rep' as dimension, sales_rep as member,
        observed_value
    from observations
    where sales_rep is not null
    union all
    select observation, observed_date, 'ticket_channel' as dimension, ticket_channel as member,
        observed_value
    from observations
    where ticket_channel is not null
    union all
    select observation, observed_date, 'agent_group' as dimension, agent_group as member,
        observed_value
    from observations
    where agent_group is not null
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
