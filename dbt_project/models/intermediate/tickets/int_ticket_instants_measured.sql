{{ config(
    key='ticket_key',
    on_days={
        'int_ticket_milestones_derived':
            'greatest(first_customer_message_at, first_reply_at, first_solved_at, last_solved_at) >= {since}'
    }
) }}

with tickets as (
    select * from {{ ref('int_tickets_placed') }}
),

milestones as (
    select * from {{ ref('int_ticket_milestones_derived') }}
),

intervals as (
    select * from {{ ref('int_business_minutes_cumulated') }}
),

schedules as (
    select distinct
        source_system,
        schedule_id
    from intervals
),

default_schedules as (
    select
        schedule_id,
        min(source_system) as source_system
    from schedules
    where schedule_id = 'default'
    group by schedule_id
),

-- a help desk without schedules of its own works by the company's hours
scheduled as (
    select
        tickets.ticket_key,
        coalesce(schedules.source_system, default_schedules.source_system) as schedule_source_system,
        coalesce(schedules.schedule_id, default_schedules.schedule_id) as schedule_id
    from tickets
    left join schedules
        on tickets.source_system = schedules.source_system
        and tickets.schedule_id = schedules.schedule_id
    left join default_schedules
        on true
),

milestone_instants as (
    select
        ticket_key,
        first_customer_message_at as instant_at
    from milestones
    union
    select
        ticket_key,
        first_reply_at as instant_at
    from milestones
    union
    select
        ticket_key,
        first_solved_at as instant_at
    from milestones
    union
    select
        ticket_key,
        last_solved_at as instant_at
    from milestones
),

instants as (
    select
        milestone_instants.ticket_key,
        milestone_instants.instant_at,
        scheduled.schedule_source_system,
        scheduled.schedule_id
    from milestone_instants
    inner join scheduled
        on milestone_instants.ticket_key = scheduled.ticket_key
    where milestone_instants.instant_at is not null
        and scheduled.schedule_id is not null
),

measured as (
    {{ business_time_until('instants', 'intervals') }}
),

final as (
    select
        instants.ticket_key,
        instants.instant_at,
        instants.schedule_source_system,
        instants.schedule_id,
        measured.business_microseconds
    from instants
    inner join measured
        on instants.schedule_source_system = measured.schedule_source_system
        and instants.schedule_id = measured.schedule_id
        and instants.instant_at = measured.instant_at
)

select * from final
