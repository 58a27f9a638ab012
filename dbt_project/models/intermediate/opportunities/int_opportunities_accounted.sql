{{ config(key='opportunity_key') }}

with opportunities as (
    select * from {{ ref('int_opportunities_kept') }}
),

opportunity_accounts as (
    select * from {{ ref('int_opportunity_accounts_merged') }}
),

accounts_resolved as (
    select * from {{ ref('int_accounts_resolved') }}
),

accounts as (
    select * from {{ ref('int_accounts_merged') }}
),

-- the record's own company is the primary one; only without it the associations tell it
candidates as (
    select
        opportunities.opportunity_key,
        accounts_resolved.account_key,
        1 as account_rank
    from opportunities
    inner join accounts_resolved
        on opportunities.source_system = accounts_resolved.source_system
        and opportunities.account_id = accounts_resolved.account_id
    union all
    select
        opportunities.opportunity_key,
        accounts_resolved.account_key,
        case when opportunity_accounts.is_primary then 2 else 3 end as account_rank
    from opportunities
    inner join opportunity_accounts
        on opportunities.opportunity_key = opportunity_accounts.opportunity_key
    inner join accounts_resolved
        on opportunity_accounts.source_system = accounts_resolved.source_system
        and opportunity_accounts.account_id = accounts_resolved.account_id
    where not opportunity_accounts.is_deleted
),

-- duplicate associations and two records of one company rank side by side and count once
ranked as (
    select
        candidates.opportunity_key,
        candidates.account_key,
        row_number() over (
            partition by candidates.opportunity_key
            order by
                candidates.account_rank,
                coalesce(accounts.created_at, timestamp '9999-12-31 00:00:00'),
                accounts.account_id,
                accounts.source_system
        ) as choice
    from candidates
    inner join accounts
        on candidates.account_key = accounts.account_key
),

final as (
    select
        opportunity_key,
        account_key
    from ranked
    where choice = 1
)

select * from final
