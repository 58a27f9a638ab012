{{ config(
    key='engagement_id',
    reached={
        'stg_hubspot__calls': 'call_id',
        'stg_hubspot__meetings': 'meeting_id',
        'stg_hubspot__emails': 'email_id',
        'int_hubspot_associations_unpacked': 'from_id',
    },
    on_days={
        'stg_hubspot__calls': dated_at('occurred_at'),
        'stg_hubspot__meetings': dated_at('coalesce(started_at, occurred_at)'),
        'stg_hubspot__emails': dated_at('occurred_at')
    },
) }}

with calls as (
    select * from {{ ref('stg_hubspot__calls') }}
),

meetings as (
    select * from {{ ref('stg_hubspot__meetings') }}
),

emails as (
    select * from {{ ref('stg_hubspot__emails') }}
),

contacts_of_activities as (
    select * from {{ ref('int_hubspot_associations_unpacked') }}
    where
        association in ('call_contacts', 'meeting_contacts', 'email_contacts')
        and preference = 1
),

run_parameters as (
    select * from {{ ref('int_run_parameters') }}
),

activities as (
    select
        calls.call_id as activity_id,
        'call' as activity_type,
        'call_contacts' as association,
        case when calls.direction = 'INBOUND' then 'inbound' else 'outbound' end as direction,
        calls.occurred_at,
        calls.owner_id,
        calls.call_status = 'COMPLETED' as is_completed,
        calls.sequence_id,
        calls.call_source as created_by,
        cast(calls.call_duration_milliseconds as decimal(18, 2)) as duration_milliseconds,
        calls.source_system,
        calls.updated_at,
        calls.is_deleted
    from calls
    union all
    select
        meetings.meeting_id as activity_id,
        'meeting' as activity_type,
        'meeting_contacts' as association,
        'outbound' as direction,
        coalesce(meetings.started_at, meetings.occurred_at) as occurred_at,
        meetings.owner_id,
        meetings.meeting_outcome = 'COMPLETED' as is_completed,
        meetings.sequence_id,
        meetings.meeting_source as created_by,
        cast(
            {{ microseconds_between('meetings.started_at', 'meetings.ended_at') }} / 1000 as decimal(18, 2)
        ) as duration_milliseconds,
        meetings.source_system,
        meetings.updated_at,
        meetings.is_deleted
    from meetings
    union all
    select
        emails.email_id as activity_id,
        'email' as activity_type,
        'email_contacts' as association,
        case when emails.direction = 'INCOMING_EMAIL' then 'inbound' else 'outbound' end as direction,
        emails.occurred_at,
        emails.owner_id,
        emails.email_status = 'SENT' as is_completed,
        emails.sequence_id,
        emails.email_source as created_by,
        cast(null as decimal(18, 2)) as duration_milliseconds,
        emails.source_system,
        emails.updated_at,
        emails.is_deleted
    from emails
),

final as (
    select
        activities.activity_id as engagement_id,
        activities.activity_type || '-' || activities.activity_id as activity_id,
        activities.activity_type,
        activities.direction,
        activities.occurred_at,
        activities.owner_id as sales_rep_id,
        contacts_of_activities.to_id as lead_id,
        cast(null as {{ dbt.type_string() }}) as account_id,
        cast(null as {{ dbt.type_string() }}) as opportunity_id,
        coalesce(
            activities.is_completed,
            {{ reporting_date('activities.occurred_at') }} <= run_parameters.as_of_date
        ) as is_completed,
        activities.sequence_id is not null
        or coalesce(
            upper(activities.created_by) in (
                'SEQUENCE', 'SEQUENCES', 'WORKFLOW', 'WORKFLOWS', 'AUTOMATION_PLATFORM', 'MARKETING_EMAIL',
                'BOT', 'CHATFLOW'
            ),
            false
        ) as is_automated,
        cast(activities.duration_milliseconds / 60000 as decimal(9, 2)) as duration_minutes,
        activities.source_system,
        activities.activity_type || '-' || activities.activity_id as record_id,
        activities.updated_at,
        activities.is_deleted,
        cast(null as {{ dbt.type_string() }}) as source_url
    from activities
    cross join run_parameters
    left join contacts_of_activities
        on
            activities.association = contacts_of_activities.association
            and activities.activity_id = contacts_of_activities.from_id
)

select * from final
