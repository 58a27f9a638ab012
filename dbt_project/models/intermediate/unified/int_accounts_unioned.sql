{{ config(key='record_id') }}

with files_accounts as (
    select * from {{ ref('int_files_accounts_mapped') }}
),

hubspot_accounts as (
    select * from {{ ref('int_hubspot_accounts_mapped') }}
),

stripe_accounts as (
    select * from {{ ref('int_stripe_accounts_mapped') }}
),

zendesk_accounts as (
    select * from {{ ref('int_zendesk_accounts_mapped') }}
),

final as (
    select
        files_accounts.account_id,
        files_accounts.account_name,
        files_accounts.domain,
        files_accounts.parent_account_id,
        files_accounts.country_code,
        files_accounts.region,
        files_accounts.segment,
        files_accounts.industry,
        files_accounts.employee_count,
        files_accounts.external_id,
        files_accounts.owner_sales_rep_id,
        files_accounts.created_at,
        files_accounts.source_system,
        files_accounts.record_id,
        files_accounts.updated_at,
        files_accounts.is_deleted,
        files_accounts.source_url
    from files_accounts
    union all
    select
        hubspot_accounts.account_id,
        hubspot_accounts.account_name,
        hubspot_accounts.domain,
        hubspot_accounts.parent_account_id,
        hubspot_accounts.country_code,
        hubspot_accounts.region,
        hubspot_accounts.segment,
        hubspot_accounts.industry,
        hubspot_accounts.employee_count,
        hubspot_accounts.external_id,
        hubspot_accounts.owner_sales_rep_id,
        hubspot_accounts.created_at,
        hubspot_accounts.source_system,
        hubspot_accounts.record_id,
        hubspot_accounts.updated_at,
        hubspot_accounts.is_deleted,
        hubspot_accounts.source_url
    from hubspot_accounts
    union all
    select
        stripe_accounts.account_id,
        stripe_accounts.account_name,
        stripe_accounts.domain,
        stripe_accounts.parent_account_id,
        stripe_accounts.country_code,
        stripe_accounts.region,
        stripe_accounts.segment,
        stripe_accounts.industry,
        stripe_accounts.employee_count,
        stripe_accounts.external_id,
        stripe_accounts.owner_sales_rep_id,
        stripe_accounts.created_at,
        stripe_accounts.source_system,
        stripe_accounts.record_id,
        stripe_accounts.updated_at,
        stripe_accounts.is_deleted,
        stripe_accounts.source_url
    from stripe_accounts
    union all
    select
        zendesk_accounts.account_id,
        zendesk_accounts.account_name,
        zendesk_accounts.domain,
        zendesk_accounts.parent_account_id,
        zendesk_accounts.country_code,
        zendesk_accounts.region,
        zendesk_accounts.segment,
        zendesk_accounts.industry,
        zendesk_accounts.employee_count,
        zendesk_accounts.external_id,
        zendesk_accounts.owner_sales_rep_id,
        zendesk_accounts.created_at,
        zendesk_accounts.source_system,
        zendesk_accounts.record_id,
        zendesk_accounts.updated_at,
        zendesk_accounts.is_deleted,
        zendesk_accounts.source_url
    from zendesk_accounts
)

select * from final
