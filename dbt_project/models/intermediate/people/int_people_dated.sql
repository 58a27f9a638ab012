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
        lead_events.source_system,
        lead_events.lead_id,
        {{ is_any("lead_events.event_type = 'lead'") }} as has_lead_event,
        min(lead_events.occurred_at) as first_event_at
    from lead_events
    inner join run_parameters
        on {{ reporting_date('lead_events.occurred_at') }} <= run_parameters.as_of_date
    where lead_events.event_type in ('lead', 'mql', 'sql')
        and not lead_events.is_deleted
    group by lead_events.source_system, lead_events.lead_id
),

-- Without a history of its lead stage, a record is a lead since it was created. An id that vanished in a merge has no
-- record and still has events.
final as (
    select
        resolved.person_key,
        min(case
            when first_events.has_lead_event or not coalesce(leads.is_lead, false) then first_events.first_event_at
            else leads.created_at
        end) as lead_at
    from resolved
    left join leads
        on resolved.record_key = leads.record_key
    left join first_events
        on resolved.source_system = first_events.source_system
        and resolved.lead_id = first_events.lead_id
    where leads.is_lead
        or first_events.first_event_at is not null
    group by resolved.person_key
)

select * from final
