{{ config(unique_key=['source_system', 'record_id']) }}

with records as (
    {{ latest_records(
        source('raw_google_ads', 'customers'),
        {
            'customer_id': 'customer.id',
            'customer_name': 'customer.descriptiveName',
            'currency_code': 'customer.currencyCode',
            'time_zone': 'customer.timeZone',
        },
        source_system='google_ads',
    ) }}
),

final as (
    select
        -- ids
        {{ clean_text('records.customer_id') }} as customer_id,
        -- text
        {{ clean_text('records.customer_name') }} as customer_name,
        {{ clean_text('records.currency_code') }} as currency_code,
        {{ clean_text('records.time_zone') }} as time_zone,
        -- pipeline
        records.source_system,
        records.record_id,
        records.updated_at,
        records.is_deleted,
        records.extracted_at,
        records.batch_id,
        records.load_seq,
        {{ lost_values('records') }} as lost_values
    from records
)

select * from final
