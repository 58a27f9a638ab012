{{ config(unique_key=['source_system', 'record_id']) }}

with records as (
    {{ latest_records(
        source('raw_files', 'ad_spend'),
        {
            'spend_date': 'mapped.spend_date',
            'campaign_id': 'mapped.campaign_id',
            'ad_group_id': 'mapped.ad_group_id',
            'spend_amount': 'mapped.spend_amount',
            'currency_code': 'mapped.currency_code',
            'impressions': 'mapped.impressions',
            'clicks': 'mapped.clicks',
            'platform_conversions': 'mapped.platform_conversions',
            'campaign_name': 'mapped.campaign_name',
            'source_url': 'mapped.source_url',
            'row_is_deleted': 'mapped.is_deleted',
        }
    ) }}
),

final as (
    select
        -- ids
        {{ clean_text('records.campaign_id') }} as campaign_id,
        {{ clean_text('records.ad_group_id') }} as ad_group_id,
        -- text
        {{ clean_text('records.currency_code') }} as currency_code,
        {{ clean_text('records.campaign_name') }} as campaign_name,
        {{ clean_text('records.source_url') }} as source_url,
        -- money
        {{ safe_decimal('records.spend_amount', 18, 6) }} as spend_amount,
        -- numbers
        {{ safe_integer('records.impressions') }} as impressions,
        {{ safe_integer('records.clicks') }} as clicks,
        {{ safe_decimal('records.platform_conversions', 18, 4) }} as platform_conversions,
        -- dates
        {{ safe_date('records.spend_date') }} as spend_date,
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
            integers=['impressions', 'clicks'],
            decimals={'spend_amount': [18, 6], 'platform_conversions': [18, 4]},
            booleans=['row_is_deleted'],
            dates=['spend_date'],
        ) }} as lost_values
    from records
)

select * from final
