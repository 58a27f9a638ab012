with files_quotes as (
    select * from {{ ref('stg_files__quotes') }}
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
)

select * from final
