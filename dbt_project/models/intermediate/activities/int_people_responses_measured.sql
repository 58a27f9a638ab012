{{ config(
    key='person_key',
    on_days={
        'int_people_engagements_dated': 'greatest(first_mql_at, first_response_at) >= {since}'
    }
) }}

with engagements as (
    select * from {{ ref('int_people_engagements_dated') }}
),

intervals as (
    select * from {{ ref('int_business_minutes_cumulated') }}
),

company_intervals as (
    select * from intervals
    where source_system = '(company)'
),

company_schedules as (
    select distinct
        source_system,
        schedule_id
    from company_intervals
),

-- without business hours there are no business minutes
answered as (
    select
        engagements.person_key,
        engagements.first_mql_at,
        engagements.first_response_at,
        company_schedules.source_system as schedule_source_system,
        company_schedules.schedule_id
    from engagements
    cross join company_schedules
    where engagements.first_response_at is not null
),

instants as (
    select schedule_source_system, schedule_id, first_mql_at as instant_at
    from answered
    union
    select schedule_source_system, schedule_id, first_response_at as instant_at
    from answered
),

measured as (
    {{ business_time_until('instants', 'company_intervals') }}
),

final as (
    select
        answered.person_key,
        {{ business_minutes_between('qualified', 'responded') }} as lead_response_minutes
    from answered
    -- every instant is measured; an inner join leaves it to the engine to pair all instants of a schedule first
    left join measured as qualified
        on answered.schedule_source_system = qualified.schedule_source_system
        and answered.schedule_id = qualified.schedule_id
        and answered.first_mql_at = qualified.instant_at
    left join measured as responded
        on answered.schedule_source_system = responded.schedule_source_system
        and answered.schedule_id = responded.schedule_id
        and answered.first_response_at = responded.instant_at
)

select * from final
