{{ config(unique_key=['source_system', 'record_id']) }}

with records as (
    {{ latest_records(
        source('raw_google_ads', 'campaigns'),
        {
            'campaign_id': 'campaign.id',
            'campaign_name': 'campaign.name',
            'campaign_status': 'campaign.status',
            'advertising_channel_type': 'campaign.advertisingChannelType',
            'customer_id': 'customer.id',
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
        {{ clean_text('records.campaign_name') }} as campaign_name,
        {{ clean_text('records.campaign_status') }} as campaign_status,
        {{ clean_text('records.advertising_channel_type') }} as advertising_channel_type,
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
