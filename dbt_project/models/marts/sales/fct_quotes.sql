{{ config(key='quote_key', reached={'int_people': 'int_quotes_resolved.person_key'}) }}

with quotes as (
    select * from {{ ref('int_quotes_resolved') }}
),

people as (
    select * from {{ ref('int_people') }}
),

final as (
    select
        quotes.quote_key,
        quotes.source_system,
        quotes.quote_id,
        quotes.opportunity_key,
        people.person_key as lead_key,
        quotes.customer_key,
        quotes.sales_rep_key,
        quotes.team,
        quotes.channel,
        quotes.region,
        quotes.segment,
        quotes.status,
        quotes.is_renewal,
        quotes.currency_code,
        quotes.amount as quote_amount,
        quotes.amount_reporting as quote_amount_reporting,
        quotes.exchange_rate,
        cast(1 as integer) as quote_count,
        quotes.sent_date,
        quotes.sent_at,
        quotes.source_url
    from quotes
    left join people
        on quotes.person_key = people.person_key
        and people.is_counted_lead
)

select * from final
