{{ config(key='quote_id', reached={'int_opportunities_resolved': 'int_quotes_unioned.opportunity_id'}) }}

with quotes as (
    select * from {{ ref('int_quotes_unioned') }}
),

resolved as (
    select * from {{ ref('int_opportunities_resolved') }}
    where not is_apart
),

final as (
    select
        quotes.source_system,
        quotes.quote_id,
        coalesce(resolved.surviving_id, quotes.opportunity_id) as opportunity_id,
        quotes.sent_at,
        quotes.amount,
        quotes.currency_code,
        quotes.status,
        quotes.is_deleted,
        quotes.source_url
    from quotes
    left join resolved
        on quotes.source_system = resolved.source_system
        and quotes.opportunity_id = resolved.opportunity_id
)

select * from final
