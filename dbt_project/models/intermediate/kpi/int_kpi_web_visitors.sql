with web_sessions as (
    select * from {{ ref('int_web_sessions_placed') }}
),

components as (
    select * from {{ ref('int_kpi_components_aggregated_to_periods') }}
),

by_member as (
    select
        web_sessions.session_date,
        dimensions.dimension,
        case dimensions.dimension
            when 'channel' then web_sessions.channel
            when 'source' then web_sessions.source
            else 'all'
        end as member,
        web_sessions.visitor_count
    from web_sessions
    cross join (values ('total'), ('channel'), ('source')) as dimensions (dimension)
),

-- who comes twice is one visitor: only what one row says of a day is known, rows and days do not add up
known as (
    select
        session_date,
        dimension,
        member,
        max(visitor_count) as visitor_count
    from by_member
    group by session_date, dimension, member
    having count(*) = 1
        and max(visitor_count) is not null
),

visitors as (
    select
        'web_visitors' as kpi,
        session_date,
        dimension,
        member,
        visitor_count as numerator,
        null as denominator
    from known
    union all
    select
        'visitor_to_lead_rate' as kpi,
        known.session_date,
        known.dimension,
        known.member,
        coalesce(components.numerator, 0) as numerator,
        known.visitor_count as denominator
    from known
    left join components
        on components.kpi = 'leads'
        and components.period_grain = 'day'
        and known.session_date = components.period_start_date
        and known.dimension = components.dimension
        and known.member = components.member
    where known.dimension in ('total', 'channel')
),

final as (
    select
        kpi,
        'day' as period_grain,
        session_date as period_start_date,
        dimension,
        member,
        cast(numerator as decimal(38, 6)) as numerator,
        cast(denominator as decimal(38, 6)) as denominator
    from visitors
)

select * from final
