with files_accounts as (
    select * from {{ ref('int_files_accounts_mapped') }}
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
)

select * from final
