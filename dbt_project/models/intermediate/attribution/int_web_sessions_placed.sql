with web_sessions as (
    select * from {{ ref('int_web_sessions_unioned') }}
),

channels as (
    select * from {{ ref('int_channels_mapped') }}
),

run_parameters as (
    select * from {{ ref('int_run_parameters') }}
),

happened as (
    select
        web_sessions.source_system,
        web_sessions.record_id,
        web_sessions.session_date,
        web_sessions.source,
        coalesce({{ comparable_text('web_sessions.source') }}, '') as comparable_source,
        web_sessions.sessions,
        web_sessions.visitors
    from web_sessions
    inner join run_parameters
        on web_sessions.session_date <= run_parameters.as_of_date
    where not web_sessions.is_deleted
),

final as (
    select
        happened.source_system,
        happened.record_id,
        happened.session_date,
        coalesce(happened.source, '(unknown)') as source,
        coalesce(own_channels.channel, any_channels.channel, '(unknown)') as channel,
        happened.sessions as session_count,
        happened.visitors as visitor_count
    from happened
    left join channels as own_channels
        on happened.source_system = own_channels.mapped_source_system
        and happened.comparable_source = own_channels.comparable_source
    left join channels as any_channels
        on any_channels.mapped_source_system = ''
        and happened.comparable_source = any_channels.comparable_source
)

select * from final
