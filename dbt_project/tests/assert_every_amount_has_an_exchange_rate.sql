-- Amounts that no exchange rate was found for, by currency and date; a missing rate is never taken as 1.
with opportunities as (
    select * from {{ ref('int_opportunities_valued') }}
),

pipeline as (
    select * from {{ ref('int_opportunities_in_pipeline_daily') }}
),

cost_lines as (
    select * from {{ ref('int_cost_lines_unioned') }}
),

targets as (
    select * from {{ ref('int_targets_converted') }}
),

quotes as (
    select * from {{ ref('int_quotes_resolved') }}
),

invoice_entries as (
    select * from {{ ref('int_invoice_entries_valued') }}
),

amounts as (
    select 'opportunities' as entity, currency_code, rate_date, amount, exchange_rate
    from opportunities
    union all
    select 'pipeline' as entity, currency_code, snapshot_date as rate_date, amount, exchange_rate
    from pipeline
    union all
    select cost_source as entity, currency_code, rate_date, amount, exchange_rate
    from cost_lines
    union all
    select 'targets' as entity, currency_code, rate_date, target_value as amount, exchange_rate
    from targets
    where currency_code is not null
    union all
    select 'quotes' as entity, currency_code, sent_date as rate_date, amount, exchange_rate
    from quotes
    union all
    select entry_type || 's' as entity, currency_code, entry_date as rate_date, net_amount as amount, exchange_rate
    from invoice_entries
    where is_counted
)

select
    currency_code,
    rate_date,
    entity,
    count(*) as amount_count
from amounts
where exchange_rate is null
    and amount <> 0
group by currency_code, rate_date, entity
