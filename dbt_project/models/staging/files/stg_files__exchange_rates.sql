{{ config(unique_key=['source_system', 'record_id']) }}

with records as (
    {{ latest_records(
        source('raw_files', 'exchange_rates'),
        {
            'rate_date': 'mapped.rate_date',
            'currency_code': 'mapped.currency_code',
            'rate': 'mapped.rate',
            'source_url': 'mapped.source_url',
            'row_is_deleted': 'mapped.is_deleted',
        }
    ) }}
),

final as (
    select
        -- text
        {{ clean_text('records.currency_code') }} as currency_code,
        {{ clean_text('records.source_url') }} as source_url,
        -- numbers
        {{ safe_decimal('records.rate', 18, 9) }} as rate,
        -- dates
        {{ safe_date('records.rate_date') }} as rate_date,
        -- pipeline
        records.source_system,
        records.record_id,
        records.updated_at,
        records.is_deleted
        or coalesce({{ safe_boolean('records.row_is_deleted') }}, false) as is_deleted,
        records.extracted_at,
        records.batch_id,
        records.load_seq,
        {{ lost_values(
            'records',
            decimals={'rate': [18, 9]},
            booleans=['row_is_deleted'],
            dates=['rate_date'],
        ) }} as lost_values
    from records
)

select * from final
