{{ config(
    key='account_key',
    reached={
        'int_invoices_unioned': 'int_accounts_resolved.account_id',
        'int_subscription_periods_unioned': 'int_accounts_resolved.account_id',
    },
    on_days={
        'int_invoices_unioned': dated('invoice_date'),
        'int_subscription_periods_unioned': dated('valid_from_date')
    }
) }}

with invoices as (
    select * from {{ ref('int_invoices_unioned') }}
),

subscription_periods as (
    select * from {{ ref('int_subscription_periods_unioned') }}
),

accounts as (
    select * from {{ ref('int_accounts_resolved') }}
),

run_parameters as (
    select * from {{ ref('int_run_parameters') }}
),

billed as (
    select
        source_system,
        account_id,
        invoice_date as purchase_date,
        '2_invoice' as purchase_kind
    from invoices
    where status = 'paid'
        and net_amount > 0
        and not is_deleted
    union all
    select
        source_system,
        account_id,
        valid_from_date as purchase_date,
        '3_subscription' as purchase_kind
    from subscription_periods
    where status in ('active', 'past_due')
        and recurring_amount > 0
        and not is_deleted
),

final as (
    select
        accounts.account_key,
        billed.purchase_date,
        billed.purchase_kind
    from billed
    inner join run_parameters
        on billed.purchase_date <= run_parameters.as_of_date
    inner join accounts
        on billed.source_system = accounts.source_system
        and billed.account_id = accounts.account_id
)

select * from final
