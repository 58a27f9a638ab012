with opportunities as (
    select * from {{ ref('int_opportunities_valued') }}
),

tickets as (
    select * from {{ ref('int_tickets_measured') }}
),

people as (
    select * from {{ ref('int_people') }}
),

milestones as (
    select * from {{ ref('int_people_milestones_reached') }}
),

records as (
    select
        'opportunity' as record_type,
        opportunity_key as record_key,
        source_system,
        opportunity_id as record_id,
        opportunity_key,
        cast(null as {{ dbt.type_string() }}) as ticket_key,
        cast(null as {{ dbt.type_string() }}) as lead_key,
        created_date as started_date,
        closed_date as ended_date,
        source_url
    from opportunities
    where closed_date < created_date
    union all
    select
        'ticket' as record_type,
        ticket_key as record_key,
        source_system,
        ticket_id as record_id,
        null as opportunity_key,
        ticket_key,
        null as lead_key,
        {{ reporting_date('first_customer_message_at') }} as started_date,
        first_solved_date as ended_date,
        source_url
    from tickets
    where first_solved_at < first_customer_message_at
    union all
    select
        'person' as record_type,
        people.person_key as record_key,
        people.source_system,
        people.lead_id as record_id,
        null as opportunity_key,
        null as ticket_key,
        people.person_key as lead_key,
        milestones.first_mql_date as started_date,
        milestones.first_sql_date as ended_date,
        people.source_url
    from people
    inner join milestones
        on people.person_key = milestones.person_key
    where milestones.is_mql_after_sql
),

final as (
    select
        {{ surrogate_key(['record_type', 'record_key']) }} as negative_duration_key,
        record_type,
        source_system,
        record_id,
        opportunity_key,
        ticket_key,
        lead_key,
        cast(1 as integer) as negative_duration_count,
        started_date,
        ended_date,
        source_url
    from records
)

select * from final
