with web_sessions as (
    select * from {{ ref('int_web_sessions_placed') }}
),

web_visitors as (
    select * from {{ ref('int_web_visitors_placed') }}
),

components as (
    select * from {{ ref('int_kpi_components_aggregated_to_periods') }}
),

dimensions (dimension) as (
    values ('total'), ('channel'), ('source')
),

-- the whole website is told by a row of its own, or by the only row of a day
told as (
    select
        web_visitors.period_grain,
        web_visitors.period_start_date,
        dimensions.dimension,
        case dimensions.dimension
            when 'channel' then web_visitors.channel
            when 'source' then web_visitors.source
            else 'all'
        end as member,
        1 as precedence,
        web_visitors.visitor_count
    from web_visitors
    cross join dimensions
    where (dimensions.dimension = 'total') = (web_visitors.source is null)
    union all
    select
        'day' as period_grain,
        web_sessions.session_date as period_start_date,
        dimensions.dimension,
        case dimensions.dimension
            when 'channel' then web_sessions.channel
            when 'source' then web_sessions.source
            else 'all'
        end as member,
        2 as precedence,
        web_sessions.visitor_count
    from web_sessions
    cross join dimensions
),

-- who comes twice is one visitor: only what one row says of a period is known, rows and days do not add up
single as (
    select
        period_grain,
        period_start_date,
        dimension,
        member,
        precedence,
        max(visitor_count) as visitor_count
    from told
    group by period_grain, period_start_date, dimension, member, precedence
    having count(*) = 1
        and max(visitor_count) is not null
),

ranked as (
    select
        *,
        row_number() over (
            partition by period_grain, period_start_date, dimension, member order by precedence
        ) as precedence_rank
    from single
),

known as (
    select * from ranked
    where precedence_rank = 1
),

visitors as (
    select
        'web_visitors' as kpi,
        period_grain,
        period_start_date,
        dimension,
        member,
        visitor_count as numerator,
        null as denominator
    from known
    union all
    select
        'visitor_to_lead_rate' as kpi,
        known.period_grain,
        known.period_start_date,
        known.dimension,
        known.member,
        coalesce(components.numerator, 0) as numerator,
        known.visitor_count as denominator
    from known
    left join components
        on components.kpi = 'leads'
        and known.period_grain = components.period_grain
        and known.period_start_date = components.period_start_date
        and known.dimension = components.dimension
        and known.member = components.member
    where known.dimension in ('total', 'channel')
),

final as (
    select
        kpi,
        period_grain,
        period_start_date,
        dimension,
        member,
        cast(numerator as decimal(38, 6)) as numerator,
        cast(denominator as decimal(38, 6)) as denominator
    from visitors
)

select * from final
