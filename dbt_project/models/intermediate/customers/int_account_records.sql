{{ config(
    key='account_id',
    reached={'int_record_merges_unioned': 'merged_id'},
    on_days={'int_record_merges_unioned': dated_at('merged_at')}
) }}

with accounts as (
    select * from {{ ref('int_accounts_unioned') }}
),

referenced as (
    select * from {{ ref('int_accounts_referenced') }}
),

merge_log as (
    select * from {{ ref('int_record_merges_unioned') }}
),

crm_sources as (
    select * from {{ ref('int_crm_sources_found') }}
),

run_parameters as (
    select * from {{ ref('int_run_parameters') }}
),

merges_in_force as (
    select distinct
        merge_log.source_system,
        merge_log.merged_id
    from merge_log
    inner join run_parameters
        on {{ reporting_date('merge_log.merged_at') }} <= run_parameters.as_of_date
    where merge_log.entity = 'accounts'
        and not merge_log.is_deleted
),

all_ids as (
    select source_system, account_id from accounts
    union
    select source_system, account_id from referenced
    union
    select source_system, merged_id as account_id from merges_in_force
),

-- a deleted company keeps its row: what it bought before stays bought
final as (
    select
        {{ surrogate_key(['all_ids.source_system', 'all_ids.account_id']) }} as record_key,
        all_ids.source_system,
        all_ids.account_id,
        accounts.account_name,
        {{ company_domain('accounts.domain') }} as comparable_domain,
        accounts.external_id,
        accounts.country_code,
        accounts.region,
        accounts.segment,
        accounts.industry,
        accounts.source_url,
        crm_sources.source_system is not null as is_in_crm,
        merges_in_force.merged_id is not null as is_merged_away,
        accounts.created_at
    from all_ids
    left join accounts
        on all_ids.source_system = accounts.source_system
        and all_ids.account_id = accounts.account_id
    left join crm_sources
        on all_ids.source_system = crm_sources.source_system
    left join merges_in_force
        on all_ids.source_system = merges_in_force.source_system
        and all_ids.account_id = merges_in_force.merged_id
)

select * from final
