{{ config(severity='warn') }}
-- Visitors of a period that does not begin on the day that is told, for example of a week that begins on another day.
with web_visitors as (
    select * from {{ ref('int_web_visitors_unioned') }}
),

calendar_periods as (
    select * from {{ ref('int_calendar_periods') }}
    where calendar_date = period_start_date
)

select
    web_visitors.source_system,
    web_visitors.record_id,
    web_visitors.period_grain,
    web_visitors.period_start_date
from web_visitors
left join calendar_periods
    on web_visitors.period_grain = calendar_periods.period_grain
    and web_visitors.period_start_date = calendar_periods.period_start_date
where not web_visitors.is_deleted
    and calendar_periods.period_start_date is null
