with opportunities as (
    select * from {{ ref('int_opportunities_unioned') }}
),

opportunity_accounts as (
    select * from {{ ref('int_opportunity_accounts_unioned') }}
),

leads as (
    select * from {{ ref('int_leads_unioned') }}
),

subscription_periods as (
    select * from {{ ref('int_subscription_periods_unioned') }}
),

invoices as (
    select * from {{ ref('int_invoices_unioned') }}
),

mentions as (
    select source_system, account_id from opportunities
    union
    select source_system, account_id from opportunity_accounts
    union
    select source_system, account_id from leads
    union
    select source_system, account_id from subscription_periods
    union
    select source_system, account_id from invoices
),

final as (
    select
        source_system,
        account_id
    from mentions
    where account_id is not null
)

select * from final
