{{ config(key='record_id') }}

with files_quotes as (
    select * from {{ ref('stg_files__quotes') }}
),

hubspot_quotes as (
    select * from {{ ref('int_hubspot_quotes_mapped') }}
),

final as (
    select
        files_quotes.quote_id,
        files_quotes.opportunity_id,
        files_quotes.sent_at,
        files_quotes.amount,
        files_quotes.currency_code,
        files_quotes.status,
        files_quotes.source_system,
        files_quotes.record_id,
        files_quotes.updated_at,
        files_quotes.is_deleted,
        files_quotes.source_url
    from files_quotes
    union all
    select
        hubspot_quotes.quote_id,
        hubspot_quotes.opportunity_id,
        hubspot_quotes.sent_at,
        hubspot_quotes.amount,
        hubspot_quotes.currency_code,
        hubspot_quotes.status,
        hubspot_quotes.source_system,
        hubspot_quotes.record_id,
        hubspot_quotes.updated_at,
        hubspot_quotes.is_deleted,
        hubspot_quotes.source_url
    from hubspot_quotes
)

select * from final
