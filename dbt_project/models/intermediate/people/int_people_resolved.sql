{{ config(
    key='group_key', reached={'int_record_merges_unioned': 'merged_record_key = int_lead_groups_connected.record_key'}
) }}

with leads as (
    select * from {{ ref('int_leads_grouped') }}
),

groups as (
    select * from {{ ref('int_lead_groups_connected') }}
),

merge_log as (
    select * from {{ ref('int_record_merges_unioned') }}
),

ranked as (
    select
        record_key,
        source_system,
        lead_id,
        account_id,
        group_key,
        row_number() over (
            partition by group_key
            order by is_merged_away, created_at, lead_id, source_system
        ) as record_rank,
        row_number() over (
            partition by group_key
            order by created_at, lead_id, source_system
        ) as creation_rank
    from leads
),

survivors as (
    select
        group_key,
        record_key as person_key
    from ranked
    where record_rank = 1
),

-- ids that vanished in a merge before they were ever loaded still occur in events and associations
vanished_ids as (
    select distinct
        merged_record_key as record_key,
        source_system,
        merged_id as lead_id
    from merge_log
    where entity = 'leads'
),

vanished as (
    select
        vanished_ids.record_key,
        vanished_ids.source_system,
        vanished_ids.lead_id,
        groups.group_key
    from vanished_ids
    inner join groups
        on vanished_ids.record_key = groups.record_key
    left join leads
        on vanished_ids.record_key = leads.record_key
    where leads.record_key is null
),

all_records as (
    select record_key, source_system, lead_id, account_id, group_key, record_rank, creation_rank from ranked
    union all
    select record_key, source_system, lead_id, null, group_key, null, null from vanished
),

final as (
    select
        all_records.record_key,
        all_records.source_system,
        all_records.lead_id,
        all_records.account_id,
        all_records.group_key,
        survivors.person_key,
        all_records.record_rank,
        all_records.creation_rank
    from all_records
    inner join survivors
        on all_records.group_key = survivors.group_key
)

select * from final
