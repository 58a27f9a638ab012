with lead_events as (
    select * from {{ ref('int_lead_events_unioned') }}
),

ad_spend as (
    select * from {{ ref('int_ad_spend_unioned') }}
),

costs as (
    select * from {{ ref('int_costs_unioned') }}
),

web_sessions as (
    select * from {{ ref('int_web_sessions_unioned') }}
),

subscription_periods as (
    select * from {{ ref('int_subscription_periods_unioned') }}
),

tickets as (
    select * from {{ ref('int_tickets_unioned') }}
),

ratings as (
    select * from {{ ref('int_ratings_unioned') }}
),

counted as (
    select 'mql_events' as input, count(*) as row_count
    from lead_events
    where event_type = 'mql'
    union all
    select 'sql_events' as input, count(*) as row_count
    from lead_events
    where event_type = 'sql'
    union all
    select 'acquisition_costs' as input, count(*) as row_count from ad_spend
    union all
    select 'acquisition_costs' as input, count(*) as row_count from costs
    union all
    select 'impressions' as input, count(impressions) as row_count from ad_spend
    union all
    select 'clicks' as input, count(clicks) as row_count from ad_spend
    union all
    select 'web_sessions' as input, count(*) as row_count from web_sessions
    union all
    select 'web_visitors' as input, count(visitors) as row_count from web_sessions
    union all
    select 'subscription_periods' as input, count(*) as row_count from subscription_periods
    union all
    select 'tickets' as input, count(*) as row_count from tickets
    union all
    select 'ratings' as input, count(*) as row_count from ratings
    union all
    select 'none' as input, 1 as row_count
),

found as (
    select
        input,
        sum(row_count) > 0 as is_found
    from counted
    group by input
),

-- what needs two inputs is unknown when one of them is
parts (input, part) as (
    values
    ('acquisition_costs_and_mql_events', 'acquisition_costs'),
    ('acquisition_costs_and_mql_events', 'mql_events'),
    ('acquisition_costs_and_sql_events', 'acquisition_costs'),
    ('acquisition_costs_and_sql_events', 'sql_events'),
    ('mql_and_sql_events', 'mql_events'),
    ('mql_and_sql_events', 'sql_events')
),

final as (
    select
        input,
        is_found
    from found
    union all
    select
        parts.input,
        {{ is_every('found.is_found') }} as is_found
    from parts
    inner join found
        on parts.part = found.input
    group by parts.input
)

select * from final
