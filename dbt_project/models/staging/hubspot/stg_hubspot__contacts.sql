{{ config(unique_key=['source_system', 'record_id']) }}

with records as (
    {{ latest_records(
        source('raw_hubspot', 'contacts'),
        {
            'contact_id': 'id',
            'email': 'properties.email',
            'additional_emails': 'properties.hs_additional_emails',
            'country': 'properties.country',
            'country_region_code': 'properties.hs_country_region_code',
            'region': 'properties.region',
            'segment': 'properties.segment',
            'analytics_source': 'properties.hs_analytics_source',
            'analytics_source_data_1': 'properties.hs_analytics_source_data_1',
            'analytics_source_data_2': 'properties.hs_analytics_source_data_2',
            'latest_source': 'properties.hs_latest_source',
            'latest_source_data_1': 'properties.hs_latest_source_data_1',
            'lifecycle_stage': 'properties.lifecyclestage',
            'lead_status': 'properties.hs_lead_status',
            'owner_id': 'properties.hubspot_owner_id',
            'associated_company_id': 'properties.associatedcompanyid',
            'merged_object_ids': 'properties.hs_merged_object_ids',
            'merged_contact_ids': 'properties.hs_calculated_merged_vids',
            'first_conversion_event': 'properties.first_conversion_event_name',
            'recent_conversion_event': 'properties.recent_conversion_event_name',
            'lifecycle_stage_history': 'propertiesWithHistory.lifecyclestage',
            'lead_status_history': 'propertiesWithHistory.hs_lead_status',
            'owner_history': 'propertiesWithHistory.hubspot_owner_id',
            'lead_entered_at': 'properties.hs_lifecyclestage_lead_date',
            'mql_entered_at': 'properties.hs_lifecyclestage_marketingqualifiedlead_date',
            'sql_entered_at': 'properties.hs_lifecyclestage_salesqualifiedlead_date',
            'created_at': 'properties.createdate',
            'analytics_first_at': 'properties.hs_analytics_first_timestamp',
            'latest_source_at': 'properties.hs_latest_source_timestamp',
            'first_conversion_at': 'properties.first_conversion_date',
            'recent_conversion_at': 'properties.recent_conversion_date',
            'source_url': 'url',
        },
        source_system='hubspot',
    ) }}
),

final as (
    select
        -- ids
        {{ clean_text('records.contact_id') }} as contact_id,
        {{ clean_text('records.owner_id') }} as owner_id,
        {{ clean_text('records.associated_company_id') }} as associated_company_id,
        -- text
        {{ clean_text('records.email') }} as email,
        {{ clean_text('records.additional_emails') }} as additional_emails,
        {{ clean_text('records.country') }} as country,
        {{ clean_text('records.country_region_code') }} as country_region_code,
        {{ clean_text('records.region') }} as region,
        {{ clean_text('records.segment') }} as segment,
        {{ clean_text('records.analytics_source') }} as analytics_source,
        {{ clean_text('records.analytics_source_data_1') }} as analytics_source_data_1,
        {{ clean_text('records.analytics_source_data_2') }} as analytics_source_data_2,
        {{ clean_text('records.latest_source') }} as latest_source,
        {{ clean_text('records.latest_source_data_1') }} as latest_source_data_1,
        {{ clean_text('records.lifecycle_stage') }} as lifecycle_stage,
        {{ clean_text('records.lead_status') }} as lead_status,
        {{ clean_text('records.merged_object_ids') }} as merged_object_ids,
        {{ clean_text('records.merged_contact_ids') }} as merged_contact_ids,
        {{ clean_text('records.first_conversion_event') }} as first_conversion_event,
        {{ clean_text('records.recent_conversion_event') }} as recent_conversion_event,
        records.lifecycle_stage_history,
        records.lead_status_history,
        records.owner_history,
        {{ clean_text('records.source_url') }} as source_url,
        -- timestamps
        {{ safe_timestamp('records.lead_entered_at') }} as lead_entered_at,
        {{ safe_timestamp('records.mql_entered_at') }} as mql_entered_at,
        {{ safe_timestamp('records.sql_entered_at') }} as sql_entered_at,
        {{ safe_timestamp('records.created_at') }} as created_at,
        {{ safe_timestamp('records.analytics_first_at') }} as analytics_first_at,
        {{ safe_timestamp('records.latest_source_at') }} as latest_source_at,
        {{ safe_timestamp('records.first_conversion_at') }} as first_conversion_at,
        {{ safe_timestamp('records.recent_conversion_at') }} as recent_conversion_at,
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
            timestamps=['lead_entered_at', 'mql_entered_at', 'sql_entered_at', 'created_at', 'analytics_first_at', 'latest_source_at', 'first_conversion_at', 'recent_conversion_at'],
        ) }} as lost_values
    from records
)

select * from final
