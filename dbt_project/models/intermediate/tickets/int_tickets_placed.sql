{{ config(
    key='ticket_id',
    reached={
        'int_record_merges_unioned': 'merged_id = int_tickets_unioned.ticket_id',
        'int_accounts_placed': 'int_tickets_unioned.account_id',
    },
    on_days={
        'int_tickets_unioned': dated_at('created_at'),
        'int_record_merges_unioned': dated_at('merged_at')
    }
) }}

with tickets as (
    select * from {{ ref('int_tickets_unioned') }}
),

record_merges as (
    select * from {{ ref('int_record_merges_unioned') }}
),

accounts as (
    select * from {{ ref('int_accounts_placed') }}
),

run_parameters as (
    select * from {{ ref('int_run_parameters') }}
),

merged_tickets as (
    select distinct
        record_merges.source_system,
        record_merges.merged_id
    from record_merges
    cross join run_parameters
    where record_merges.entity = 'tickets'
        and {{ reporting_date('record_merges.merged_at') }} <= run_parameters.as_of_date
),

dated as (
    select
        tickets.source_system,
        tickets.ticket_id,
        tickets.account_id,
        tickets.created_at,
        {{ reporting_date('tickets.created_at') }} as created_date,
        coalesce(tickets.ticket_channel, '(unknown)') as ticket_channel,
        tickets.opened_by,
        tickets.priority,
        tickets.topic,
        tickets.agent_id,
        coalesce(tickets.agent_group, '(unknown)') as agent_group,
        coalesce(tickets.schedule_id, 'default') as schedule_id,
        tickets.vendor_first_reply_minutes,
        tickets.vendor_full_resolution_minutes,
        tickets.source_url
    from tickets
    left join merged_tickets
        on tickets.source_system = merged_tickets.source_system
        and tickets.ticket_id = merged_tickets.merged_id
    where not tickets.is_deleted
        and tickets.merged_into_ticket_id is null
        and merged_tickets.merged_id is null
),

final as (
    select
        {{ surrogate_key(['dated.source_system', 'dated.ticket_id']) }} as ticket_key,
        dated.source_system,
        dated.ticket_id,
        accounts.account_key,
        coalesce(accounts.region, '(unknown)') as region,
        coalesce(accounts.segment, '(unknown)') as segment,
        dated.created_at,
        dated.created_date,
        dated.ticket_channel,
        dated.opened_by,
        dated.priority,
        dated.topic,
        dated.agent_id,
        dated.agent_group,
        dated.schedule_id,
        dated.vendor_first_reply_minutes,
        dated.vendor_full_resolution_minutes,
        dated.source_url
    from dated
    cross join run_parameters
    left join accounts
        on dated.source_system = accounts.source_system
        and dated.account_id = accounts.account_id
    where dated.created_date <= run_parameters.as_of_date
)

select * from final
