with web_sessions as (
    select * from {{ ref('int_web_sessions_placed') }}
),

final as (
    select
        'web_sessions' as kpi,
        session_date as component_date,
        channel,
        source,
        cast(sum(session_count) as decimal(38, 6)) as numerator,
        cast(null as decimal(38, 6)) as denominator,
        'all' as component_scope
    from web_sessions
    group by session_date, channel, source
)

select * from final
