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

deal_groups as (
    select * from {{ ref('int_hubspot_deal_merges_connected') }}
),

-- of deals that chains of merges connect, the one that was merged into no other
surviving_deals as (
    select
        deal_groups.group_key,
        deal_groups.record_key as deal_id
    from deal_groups
    left join deal_merges
        on deal_groups.record_key = deal_merges.merged_id
    where deal_merges.merged_id is null
),

-- merging deals changes no quote: it may still name a deal that was merged away
final as (
    select
        quotes.quote_id,
        coalesce(surviving_deals.deal_id, deals_of_quotes.to_id) as opportunity_id,
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
    left join deal_groups
        on deals_of_quotes.to_id = deal_groups.record_key
    left join surviving_deals
        on deal_groups.group_key = surviving_deals.group_key
    where quotes.status in ('APPROVAL_NOT_NEEDED', 'APPROVED')
        and quotes.created_at is not null
)

select * from final
