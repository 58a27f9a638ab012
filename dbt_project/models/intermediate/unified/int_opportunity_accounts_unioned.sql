with files_opportunity_accounts as (
    select * from {{ ref('stg_files__opportunity_accounts') }}
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
)

select * from final
