with leads as (
    select * from {{ ref('int_people_resolved') }}
),

accounts as (
    select * from {{ ref('int_accounts_resolved') }}
),

merge_log as (
    select * from {{ ref('int_record_merges_unioned') }}
),

tickets as (
    select * from {{ ref('int_tickets_marked_merged') }}
),

run_parameters as (
    select * from {{ ref('int_run_parameters') }}
),

logged as (
    select
        merge_log.entity,
        merge_log.source_system,
        merge_log.merged_id,
        max(merge_log.survivor_id) as surviving_id
    from merge_log
    inner join run_parameters
        on {{ reporting_date('merge_log.merged_at') }} <= run_parameters.as_of_date
    where merge_log.entity in ('opportunities', 'tickets')
        and not merge_log.is_deleted
    group by merge_log.entity, merge_log.source_system, merge_log.merged_id
),

-- a help desk marks the merged ticket itself, and not always what it was merged into
marked_tickets as (
    select
        tickets.source_system,
        tickets.ticket_id,
        tickets.merged_into_ticket_id
    from tickets
    left join logged
        on tickets.source_system = logged.source_system
        and tickets.ticket_id = logged.merged_id
        and logged.entity = 'tickets'
    where logged.merged_id is null
),

gathered as (
    select
        'leads' as entity,
        merged.source_system,
        merged.lead_id as merged_id,
        survivors.source_system as surviving_source_system,
        survivors.lead_id as surviving_id
    from leads as merged
    inner join leads as survivors
        on merged.person_key = survivors.record_key
    where merged.record_key <> merged.person_key
    union all
    select
        'accounts' as entity,
        merged.source_system,
        merged.account_id as merged_id,
        survivors.source_system as surviving_source_system,
        survivors.account_id as surviving_id
    from accounts as merged
    inner join accounts as survivors
        on merged.account_key = survivors.record_key
    where merged.record_key <> merged.account_key
    union all
    select
        entity,
        source_system,
        merged_id,
        source_system as surviving_source_system,
        surviving_id
    from logged
    union all
    select
        'tickets' as entity,
        source_system,
        ticket_id as merged_id,
        source_system as surviving_source_system,
        merged_into_ticket_id as surviving_id
    from marked_tickets
),

final as (
    select
        {{ surrogate_key(['entity', 'source_system', 'merged_id']) }} as merged_record_key,
        entity,
        source_system,
        merged_id,
        surviving_source_system,
        surviving_id,
        {{ surrogate_key(['source_system', 'merged_id']) }} as merged_key,
        {{ surrogate_key(['surviving_source_system', 'surviving_id']) }} as surviving_key
    from gathered
)

select * from final
