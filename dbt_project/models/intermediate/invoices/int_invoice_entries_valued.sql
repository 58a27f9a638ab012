{{ config(
    key='invoice_id',
    reached={'int_accounts_of_customers': 'int_invoices_unioned.account_id'},
    on_days={
        'int_invoices_unioned': dated('invoice_date'),
        'int_refunds_unioned': dated('refunded_date')
    }
) }}

with invoices as (
    select * from {{ ref('int_invoices_unioned') }}
),

refunds as (
    select * from {{ ref('int_refunds_unioned') }}
),

accounts as (
    select * from {{ ref('int_accounts_of_customers') }}
),

rates as (
    select * from {{ ref('int_exchange_rates_daily') }}
),

run_parameters as (
    select * from {{ ref('int_run_parameters') }}
),

entries as (
    select
        'invoice' as entry_type,
        source_system,
        record_id,
        invoice_id,
        account_id,
        subscription_id,
        invoice_date as entry_date,
        status,
        billing_reason,
        currency_code,
        net_amount,
        status in ('paid', 'open') as is_counted,
        source_url
    from invoices
    where not is_deleted
    union all
    -- what was given back is a day of its own, whatever became of the invoice
    select
        'refund' as entry_type,
        refunds.source_system,
        refunds.record_id,
        refunds.invoice_id,
        invoices.account_id,
        invoices.subscription_id,
        refunds.refunded_date as entry_date,
        null as status,
        null as billing_reason,
        refunds.currency_code,
        -refunds.net_amount as net_amount,
        true as is_counted,
        refunds.source_url
    from refunds
    left join invoices
        on refunds.source_system = invoices.source_system
        and refunds.invoice_id = invoices.invoice_id
    where not refunds.is_deleted
),

final as (
    select
        {{ surrogate_key(['entries.entry_type', 'entries.source_system', 'entries.record_id']) }}
            as invoice_entry_key,
        entries.entry_type,
        entries.source_system,
        entries.record_id,
        entries.invoice_id,
        entries.subscription_id,
        coalesce(accounts.account_key, '(unknown)') as account_key,
        coalesce(accounts.channel, '(unknown)') as channel,
        coalesce(accounts.region, '(unknown)') as region,
        coalesce(accounts.segment, '(unknown)') as segment,
        entries.entry_date,
        entries.status,
        entries.billing_reason,
        entries.currency_code,
        entries.net_amount,
        entries.is_counted,
        rates.rate as exchange_rate,
        case
            when not entries.is_counted or entries.net_amount = 0 then cast(0 as decimal(18, 2))
            else {{ to_reporting_amount('entries.net_amount', 'rates.rate') }}
        end as revenue_amount_reporting,
        entries.source_url
    from entries
    inner join run_parameters
        on entries.entry_date <= run_parameters.as_of_date
    left join accounts
        on entries.source_system = accounts.source_system
        and entries.account_id = accounts.account_id
    left join rates
        on entries.currency_code = rates.currency_code
        and entries.entry_date = rates.rate_date
)

select * from final
