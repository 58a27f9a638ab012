{{ config(key='opportunity_key') }}

with opportunities as (
    select * from {{ ref('int_opportunities_valued') }}
),

opportunity_accounts as (
    select * from {{ ref('int_opportunity_accounts_merged') }}
),

accounts as (
    select * from {{ ref('int_accounts_resolved') }}
),

-- duplicate associations and several records of one company are one; without a company the customer is the contact
linked as (
    select
        opportunities.opportunity_key,
        accounts.account_key as customer_key
    from opportunities
    inner join opportunity_accounts
        on opportunities.source_system = opportunity_accounts.source_system
        and opportunities.opportunity_id = opportunity_accounts.opportunity_id
    inner join accounts
        on opportunity_accounts.source_system = accounts.source_system
        and opportunity_accounts.account_id = accounts.account_id
    where not opportunity_accounts.is_deleted
    union
    select
        opportunities.opportunity_key,
        opportunities.customer_key
    from opportunities
),

final as (
    select
        {{ surrogate_key(['linked.opportunity_key', 'linked.customer_key']) }} as opportunity_account_key,
        linked.opportunity_key,
        linked.customer_key,
        cast(case when linked.customer_key = opportunities.customer_key then 1 else 0 end as integer) as primary_count,
        linked.customer_key = opportunities.customer_key as is_primary
    from linked
    inner join opportunities
        on linked.opportunity_key = opportunities.opportunity_key
)

select * from final
