{{ config(key='quote_id', reached={'int_hubspot_associations_unpacked': 'from_id'}) }}

with quotes as (
    select * from {{ ref('stg_hubspot__quotes') }}
),

deals_of_quotes as (
    select * from {{ ref('int_hubspot_associations_unpacked') }}
    where association = 'quote_deals' and preference = 1
),

-- a quote may name a deal that was merged away: merging deals changes no quote
final as (
    select
        quotes.quote_id,
        deals_of_quotes.to_id as opportunity_id,
        quotes.created_at as sent_at,
        quotes.amount,
        quotes.currency_code,
        lower(quotes.status) as status,
        quotes.source_system,
        quotes.record_id,
        quotes.updated_at,
        quotes.is_deleted,
        cast(null as {{ dbt.type_string() }}) as source_url
    from quotes
    left join deals_of_quotes
        on quotes.quote_id = deals_of_quotes.from_id
    where quotes.status in ('APPROVAL_NOT_NEEDED', 'APPROVED')
        and quotes.created_at is not null
)

select * from final
