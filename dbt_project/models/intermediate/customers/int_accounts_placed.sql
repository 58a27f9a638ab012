{{ config(key='account_key') }}

with accounts as (
    select * from {{ ref('int_accounts_resolved') }}
),

merged_accounts as (
    select * from {{ ref('int_accounts_merged') }}
),

final as (
    select
        accounts.record_key,
        accounts.source_system,
        accounts.account_id,
        accounts.account_key,
        merged_accounts.region,
        merged_accounts.segment
    from accounts
    left join merged_accounts
        on accounts.account_key = merged_accounts.account_key
)

select * from final
