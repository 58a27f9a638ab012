{{ config(
    key='person_key',
    reached={
        'int_leads_kept': 'int_people_resolved.record_key',
        'int_leads_excluded': 'int_people_resolved.record_key',
        'int_accounts_resolved': 'int_people_resolved.account_id',
    },
) }}

with leads as (
    select * from {{ ref('int_leads_kept') }}
),

resolved as (
    select * from {{ ref('int_people_resolved') }}
),

excluded as (
    select * from {{ ref('int_leads_excluded') }}
),

accounts as (
    select * from {{ ref('int_accounts_resolved') }}
),

records as (
    select
        resolved.person_key,
        resolved.record_rank,
        resolved.creation_rank,
        leads.source_system,
        leads.lead_id,
        accounts.account_key,
        coalesce(leads.source, '') as source,
        coalesce(leads.campaign_id, '') as campaign_id,
        leads.country_code,
        leads.region,
        leads.segment,
        leads.source_url,
        leads.is_lead,
        excluded.record_key is not null as is_excluded,
        leads.created_at
    from leads
    inner join resolved
        on leads.record_key = resolved.record_key
    left join excluded
        on leads.record_key = excluded.record_key
    left join accounts
        on leads.source_system = accounts.source_system
        and leads.account_id = accounts.account_id
),

-- each attribute from the survivor, else from the earliest other record that has one
final as (
    select
        person_key,
        {{ value_at_min('source_system', 'record_rank') }} as source_system,
        {{ value_at_min('lead_id', 'record_rank') }} as lead_id,
        {{ value_at_min('account_key', 'record_rank') }}
            filter (where account_key is not null) as account_key,
        {{ value_at_min('source_system', 'creation_rank') }} as first_source_system,
        nullif({{ value_at_min('source', 'creation_rank') }}, '') as first_source,
        nullif({{ value_at_min('campaign_id', 'creation_rank') }}, '') as first_campaign_id,
        {{ value_at_min('country_code', 'record_rank') }}
            filter (where country_code is not null) as country_code,
        {{ value_at_min('region', 'record_rank') }}
            filter (where region is not null) as region,
        {{ value_at_min('segment', 'record_rank') }}
            filter (where segment is not null) as segment,
        {{ value_at_min('source_url', 'record_rank') }}
            filter (where source_url is not null) as source_url,
        count(*) as record_count,
        {{ is_any('is_lead') }} as has_lead_record,
        {{ is_any('is_excluded') }} as is_excluded,
        min(created_at) as created_at
    from records
    group by person_key
)

select * from final
