{{ config(key='record_id') }}

with files_opportunity_accounts as (
    select * from {{ ref('stg_files__opportunity_accounts') }}
),

hubspot_opportunity_accounts as (
    select * from {{ ref('int_hubspot_opportunity_accounts_mapped') }}
),

final as (
    select
        files_opportunity_accounts.opportunity_id,
        files_opportunity_accounts.account_id,
        files_opportunity_accounts.is_primary,
        files_opportunity_accounts.source_system,
        files_opportunity_accounts.record_id,
        files_opportunity_accounts.updated_at,
        files_opportunity_accounts.is_deleted,
        files_opportunity_accounts.source_url
    from files_opportunity_accounts
    union all
    select
        hubspot_opportunity_accounts.opportunity_id,
        hubspot_opportunity_accounts.account_id,
        hubspot_opportunity_accounts.is_primary,
        hubspot_opportunity_accounts.source_system,
        hubspot_opportunity_accounts.record_id,
        hubspot_opportunity_accounts.updated_at,
        hubspot_opportunity_accounts.is_deleted,
        hubspot_opportunity_accounts.source_url
    from hubspot_opportunity_accounts
)

select * from final
