with files_web_sessions as (
    select * from {{ ref('stg_files__web_sessions') }}
),

final as (
    select
        files_web_sessions.session_date,
        files_web_sessions.source,
        files_web_sessions.medium,
        files_web_sessions.campaign_name,
        files_web_sessions.sessions,
        files_web_sessions.visitors,
        files_web_sessions.new_visitors,
        files_web_sessions.key_events,
        files_web_sessions.is_sampled,
        files_web_sessions.is_thresholded,
        files_web_sessions.source_system,
        files_web_sessions.record_id,
        files_web_sessions.updated_at,
        files_web_sessions.is_deleted,
        files_web_sessions.source_url
    from files_web_sessions
)

select * from final
