with web_sessions as (
    select * from {{ ref('int_web_sessions_unioned') }}
),

placed as (
    select * from {{ ref('int_web_sessions_placed') }}
),

final as (
    select
        {{ surrogate_key(['placed.source_system', 'placed.record_id']) }} as web_sessions_key,
        placed.source_system,
        placed.session_date,
        placed.channel,
        placed.source,
        web_sessions.medium,
        web_sessions.campaign_name,
        cast(placed.session_count as bigint) as session_count,
        cast(placed.visitor_count as bigint) as visitor_count,
        cast(web_sessions.new_visitors as bigint) as new_visitor_count,
        cast(web_sessions.key_events as bigint) as key_event_count,
        coalesce(web_sessions.is_sampled, false) as is_sampled,
        coalesce(web_sessions.is_thresholded, false) as is_thresholded
    from placed
    inner join web_sessions
        on placed.source_system = web_sessions.source_system
        and placed.record_id = web_sessions.record_id
)

select * from final
