-- Opening hours of one schedule that begin before the ones before them have ended: minutes would count twice.
with intervals as (
    select * from {{ ref('int_business_minutes_cumulated') }}
),

followed as (
    select
        source_system,
        schedule_id,
        starts_at,
        ends_at,
        lead(starts_at) over (
            partition by source_system, schedule_id order by starts_at
        ) as next_starts_at
    from intervals
)

select
    source_system,
    schedule_id,
    starts_at,
    ends_at,
    next_starts_at
from followed
where next_starts_at < ends_at
