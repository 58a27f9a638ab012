{{ config(key='record_key') }}

with leads as (
    select * from {{ ref('int_leads_kept') }}
),

groups as (
    select * from {{ ref('int_lead_groups_connected') }}
),

final as (
    select
        leads.record_key,
        leads.source_system,
        leads.lead_id,
        leads.account_id,
        leads.is_merged_away,
        leads.created_at,
        coalesce(groups.group_key, leads.record_key) as group_key
    from leads
    left join groups
        on leads.record_key = groups.record_key
)

select * from final
