with web_visitors as (
    select * from {{ ref('int_web_visitors_unioned') }}
),

channels as (
    select * from {{ ref('int_channels_mapped') }}
),

calendar_periods as (
    select * from {{ ref('int_calendar_periods') }}
    where calendar_date = period_start_date
),

run_parameters as (
    select * from {{ ref('int_run_parameters') }}
),

-- a total of days that are not over is not known yet
ended as (
    select
        web_visitors.source_system,
        web_visitors.record_id,
        web_visitors.period_grain,
        web_visitors.period_start_date,
        web_visitors.source,
        {{ comparable_text('web_visitors.source') }} as comparable_source,
        web_visitors.visitors,
        web_visitors.source_url
    from web_visitors
    inner join calendar_periods
        on web_visitors.period_grain = calendar_periods.period_grain
        and web_visitors.period_start_date = calendar_periods.period_start_date
    inner join run_parameters
        on {{ period_end('web_visitors.period_grain', 'web_visitors.period_start_date') }}
        <= run_parameters.as_of_date
    where not web_visitors.is_deleted
),

final as (
    select
        ended.source_system,
        ended.record_id,
        ended.period_grain,
        ended.period_start_date,
        ended.source,
        case
            when ended.source is not null then coalesce(own_channels.channel, any_channels.channel, '(unknown)')
        end as channel,
        ended.visitors as visitor_count,
        ended.source_url
    from ended
    left join channels as own_channels
        on ended.source_system = own_channels.mapped_source_system
        and ended.comparable_source = own_channels.comparable_source
    left join channels as any_channels
        on any_channels.mapped_source_system = ''
        and ended.comparable_source = any_channels.comparable_source
)

select * from final
