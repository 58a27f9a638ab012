{{ config(unique_key=['source_system', 'record_id']) }}

with records as (
    {{ latest_records(
        source('raw_google_ads', 'campaign_metrics'),
        {
            'campaign_id': 'campaign.id',
            'customer_id': 'customer.id',
            'currency_code': 'customer.currencyCode',
            'cost_micros': 'metrics.costMicros',
            'impressions': 'metrics.impressions',
            'clicks': 'metrics.clicks',
            'conversions': 'metrics.conversions',
            'spend_date': 'segments.date',
        },
        source_system='google_ads',
    ) }}
),

final as (
    select
        -- ids
        {{ clean_text('records.campaign_id') }} as campaign_id,
        {{ clean_text('records.customer_id') }} as customer_id,
        -- text
        {{ clean_text('records.currency_code') }} as currency_code,
        -- money
        cast(
            {{ safe_decimal('records.cost_micros', 24, 6) }} * cast(0.000001 as decimal(7, 6))
            as decimal(18, 6)
        ) as cost_amount,
        -- numbers
        {{ safe_integer('records.impressions') }} as impressions,
        {{ safe_integer('records.clicks') }} as clicks,
        {{ safe_decimal('records.conversions', 18, 4) }} as conversions,
        -- dates
        {{ safe_date('records.spend_date') }} as spend_date,
        -- pipeline
        records.source_system,
        records.record_id,
        records.updated_at,
        records.is_deleted,
        records.extracted_at,
        records.batch_id,
        records.load_seq,
        {{ lost_values(
            'records',
            integers=['impressions', 'clicks'],
            decimals={'cost_micros': [24, 6], 'conversions': [18, 4]},
            dates=['spend_date'],
        ) }} as lost_values
    from records
)

select * from final
