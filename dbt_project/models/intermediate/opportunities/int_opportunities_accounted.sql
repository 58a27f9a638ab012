{{ config(
    key='opportunity_key', reached={'int_opportunity_accounts_unioned': 'int_opportunities_kept.opportunity_id'}
) }}

with opportunities as (
    select * from {{ ref('int_opportunities_kept') }}
),

opportunity_accounts as (
    select * from {{ ref('int_opportunity_accounts_unioned') }}
),

accounts as (
    select * from {{ ref('int_accounts_resolved') }}
),

primary_accounts as (
    select
        source_system,
        opportunity_id,
        min(account_id) as account_id
    from opportunity_accounts
    where is_primary
        and not is_deleted
    group by source_system, opportunity_id
),

final as (
    select
        opportunities.opportunity_key,
        accounts.account_key
    from opportunities
    left join primary_accounts
        on opportunities.source_system = primary_accounts.source_system
        and opportunities.opportunity_id = primary_accounts.opportunity_id
    inner join accounts
        on opportunities.source_system = accounts.source_system
        and coalesce(opportunities.account_id, primary_accounts.account_id) = accounts.account_id
)

select * from final
