{{ config(key='quote_id', reached={'int_hubspot_associations_unpacked': 'from_id'}) }}

with quotes as (
    select * from {{ ref('stg_hubspot__quotes') }}
),

deals_of_quotes as (
    select * from {{ ref('int_hubspot_associations_unpacked') }}
    where association = 'quote_deals' and preference = 1
),

deal_merges as (
    select * from {{ ref('int_hubspot_record_merges_mapped') }}
    where entity = 'opportunities'
),

-- merging deals changes no quote: it may still name a deal that was merged away, into one that was merged later
final as (
    select
        quotes.quote_id,
        coalesce(later_deal_merges.survivor_id, deal_merges.survivor_id, deals_of_quotes.to_id) as opportunity_id,
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
    left join deal_merges
        on deals_of_quotes.to_id = deal_merges.merged_id
    left join deal_merges as later_deal_merges
        on deal_merges.survivor_id = later_deal_merges.merged_id
    where quotes.status in ('APPROVAL_NOT_NEEDED', 'APPROVED')
        and quotes.created_at is not null
)

select * from final
