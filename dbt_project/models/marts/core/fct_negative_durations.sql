with opportunities as (
    select * from {{ ref('int_opportunities_valued') }}
),

tickets as (
    select * from {{ ref('int_tickets_measured') }}
),

records as (
    select
        'opportunity' as record_type,
        opportunity_key as record_key,
        source_system,
        opportunity_id as record_id,
        opportunity_key,
        cast(null as {{ dbt.type_string() }}) as ticket_key,
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
        {{ reporting_date('first_customer_message_at') }} as started_date,
        first_solved_date as ended_date,
        source_url
    from tickets
    where first_solved_at < first_customer_message_at
),

final as (
    select
        {{ surrogate_key(['record_type', 'record_key']) }} as negative_duration_key,
        record_type,
        source_system,
        record_id,
        opportunity_key,
        ticket_key,
        cast(1 as integer) as negative_duration_count,
        started_date,
        ended_date,
        source_url
    from records
)

select * from final
