with files_exchange_rates as (
    select * from {{ ref('stg_files__exchange_rates') }}
),

final as (
    select
        files_exchange_rates.rate_date,
        files_exchange_rates.currency_code,
        files_exchange_rates.rate,
        files_exchange_rates.source_system,
        files_exchange_rates.record_id,
        files_exchange_rates.updated_at,
        files_exchange_rates.is_deleted,
        files_exchange_rates.source_url
    from files_exchange_rates
)

select * from final
