{{ config(unique_key=['source_system', 'record_id']) }}

with records as (
    {{ latest_records(
        source('raw_hubspot', 'deals'),
        {
            'deal_id': 'id',
            'deal_name': 'properties.dealname',
            'pipeline_id': 'properties.pipeline',
            'deal_stage': 'properties.dealstage',
            'deal_type': 'properties.dealtype',
            'amount': 'properties.amount',
            'deal_currency_code': 'properties.deal_currency_code',
            'amount_in_home_currency': 'properties.amount_in_home_currency',
            'stage_probability': 'properties.hs_deal_stage_probability',
            'forecast_category': 'properties.hs_manual_forecast_category',
            'owner_id': 'properties.hubspot_owner_id',
            'analytics_source': 'properties.hs_analytics_source',
            'closed_lost_reason': 'properties.closed_lost_reason',
            'next_step': 'properties.hs_next_step',
            'merged_object_ids': 'properties.hs_merged_object_ids',
            'stage_history': 'propertiesWithHistory.dealstage',
            'amount_history': 'propertiesWithHistory.amount',
            'close_date_history': 'propertiesWithHistory.closedate',
            'owner_history': 'propertiesWithHistory.hubspot_owner_id',
            'created_at': 'properties.createdate',
            'close_at': 'properties.closedate',
            'source_url': 'url',
        },
        source_system='hubspot',
    ) }}
),

final as (
    select
        -- ids
        {{ clean_text('records.deal_id') }} as deal_id,
        {{ clean_text('records.pipeline_id') }} as pipeline_id,
        {{ clean_text('records.owner_id') }} as owner_id,
        -- text
        {{ clean_text('records.deal_name') }} as deal_name,
        {{ clean_text('records.deal_stage') }} as deal_stage,
        {{ clean_text('records.deal_type') }} as deal_type,
        {{ clean_text('records.deal_currency_code') }} as deal_currency_code,
        {{ clean_text('records.forecast_category') }} as forecast_category,
        {{ clean_text('records.analytics_source') }} as analytics_source,
        {{ clean_text('records.closed_lost_reason') }} as closed_lost_reason,
        {{ clean_text('records.next_step') }} as next_step,
        {{ clean_text('records.merged_object_ids') }} as merged_object_ids,
        records.stage_history,
        records.amount_history,
        records.close_date_history,
        records.owner_history,
        {{ clean_text('records.source_url') }} as source_url,
        -- money
        {{ safe_decimal('records.amount', 18, 4) }} as amount,
        {{ safe_decimal('records.amount_in_home_currency', 18, 4) }} as amount_in_home_currency,
        -- numbers
        {{ safe_decimal('records.stage_probability', 9, 6) }} as stage_probability,
        -- timestamps
        {{ safe_timestamp('records.created_at') }} as created_at,
        {{ safe_timestamp('records.close_at') }} as close_at,
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
            decimals={'amount': [18, 4], 'amount_in_home_currency': [18, 4], 'stage_probability': [9, 6]},
            timestamps=['created_at', 'close_at'],
        ) }} as lost_values
    from records
)

select * from final
