{{ config(
    key='quote_id',
    reached={
        'int_opportunities_valued': 'int_quotes_merged.opportunity_id',
        'int_opportunity_owners_in_force': 'int_quotes_merged.opportunity_id',
    },
    on_days={'int_quotes_merged': dated_at('sent_at')}
) }}

with quotes as (
    select * from {{ ref('int_quotes_merged') }}
),

opportunities as (
    select * from {{ ref('int_opportunities_valued') }}
),

owners as (
    select * from {{ ref('int_opportunity_owners_in_force') }}
),

sales_reps as (
    select * from {{ ref('int_sales_reps_by_validity') }}
),

exchange_rates as (
    select * from {{ ref('int_exchange_rates_daily') }}
),

run_parameters as (
    select * from {{ ref('int_run_parameters') }}
),

sent as (
    select
        quotes.source_system,
        quotes.quote_id,
        quotes.opportunity_id,
        quotes.sent_at,
        {{ reporting_date('quotes.sent_at') }} as sent_date,
        quotes.amount,
        coalesce(quotes.currency_code, run_parameters.reporting_currency) as currency_code,
        quotes.status,
        quotes.source_url
    from quotes
    cross join run_parameters
    where not quotes.is_deleted
        and {{ reporting_date('quotes.sent_at') }} <= run_parameters.as_of_date
),

final as (
    select
        {{ surrogate_key(['sent.source_system', 'sent.quote_id']) }} as quote_key,
        sent.source_system,
        sent.quote_id,
        opportunities.opportunity_key,
        opportunities.primary_person_key as person_key,
        coalesce(opportunities.customer_key, '(unknown)') as customer_key,
        coalesce(owners.sales_rep_key, '(unknown)') as sales_rep_key,
        coalesce(owners.sales_rep_id, '(unknown)') as sales_rep,
        coalesce(sales_reps.team, '(unknown)') as team,
        coalesce(opportunities.channel, '(unknown)') as channel,
        coalesce(opportunities.source, '(unknown)') as source,
        coalesce(opportunities.campaign, '(unknown)') as campaign,
        coalesce(opportunities.region, '(unknown)') as region,
        coalesce(opportunities.segment, '(unknown)') as segment,
        coalesce(opportunities.is_renewal, false) as is_renewal,
        sent.status,
        sent.currency_code,
        sent.amount,
        exchange_rates.rate as exchange_rate,
        case
            when sent.amount = 0 then cast(0 as decimal(18, 2))
            else {{ to_reporting_amount('sent.amount', 'exchange_rates.rate') }}
        end as amount_reporting,
        sent.sent_date,
        sent.sent_at,
        sent.source_url
    from sent
    left join opportunities
        on sent.source_system = opportunities.source_system
        and sent.opportunity_id = opportunities.opportunity_id
    left join owners
        on opportunities.opportunity_key = owners.opportunity_key
        and sent.sent_date >= owners.valid_from_date
        and sent.sent_date < owners.valid_to_date
    left join sales_reps
        on owners.sales_rep_key = sales_reps.sales_rep_key
        and sent.sent_date >= sales_reps.valid_from
        and sent.sent_date < sales_reps.valid_to
    left join exchange_rates
        on sent.currency_code = exchange_rates.currency_code
        and sent.sent_date = exchange_rates.rate_date
)

select * from final
