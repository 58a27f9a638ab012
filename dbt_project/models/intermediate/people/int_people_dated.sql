{{ config(
    key='person_key',
    reached={
        'int_leads_kept': 'int_people_resolved.record_key',
        'int_lead_events_unioned': 'int_people_resolved.lead_id',
    },
    on_days={
        'int_leads_kept': dated_at('created_at'),
        'int_lead_events_unioned': dated_at('occurred_at')
    }
) }}

with leads as (
    select * from {{ ref('int_leads_kept') }}
),

resolved as (
    select * from {{ ref('int_people_resolved') }}
),

lead_events as (
    select * from {{ ref('int_lead_events_unioned') }}
),

run_parameters as (
    select * from {{ ref('int_run_parameters') }}
),

first_events as (
    select
        source_system,
        lead_id,
        {{ is_any("event_type = 'lead'") }} as has_lead_event,
        min(occurred_at) as first_event_at
    from lead_events
    where event_type in ('lead', 'mql', 'sql')
        and not is_deleted
    group by source_system, lead_id
),

-- without a history of its lead stage, a record is a lead since it was created
dated as (
    select
        resolved.person_key,
        min(case
            when first_events.has_lead_event then first_events.first_event_at
            else leads.created_at
        end) as lead_at
    from leads
    inner join resolved
        on leads.record_key = resolved.record_key
    left join first_events
        on leads.source_system = first_events.source_system
        and leads.lead_id = first_events.lead_id
    where leads.is_lead
    group by resolved.person_key
),

-- who becomes a lead only after the as-of date is none yet
final as (
    select
        dated.person_key,
        dated.lead_at
    from dated
    inner join run_parameters
        on {{ reporting_date('dated.lead_at') }} <= run_parameters.as_of_date
)

select * from final
