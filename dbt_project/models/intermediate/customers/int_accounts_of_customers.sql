{{ config(key='account_key', reached={'int_customers': 'int_accounts_resolved.account_key'}) }}

with accounts as (
    select * from {{ ref('int_accounts_resolved') }}
),

customers as (
    select * from {{ ref('int_customers') }}
),

final as (
    select
        accounts.record_key,
        accounts.source_system,
        accounts.account_id,
        accounts.account_key,
        customers.channel,
        customers.region,
        customers.segment
    from accounts
    left join customers
        on accounts.account_key = customers.account_key
)

select * from final
