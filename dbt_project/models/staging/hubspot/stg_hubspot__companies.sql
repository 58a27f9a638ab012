{{ config(unique_key=['source_system', 'record_id']) }}

with records as (
    {{ latest_records(
        source('raw_hubspot', 'companies'),
        {
            'company_id': 'id',
            'company_name': 'properties.name',
            'domain': 'properties.domain',
            'parent_company_id': 'properties.hs_parent_company_id',
            'country': 'properties.country',
            'country_region_code': 'properties.hs_country_code',
            'region': 'properties.region',
            'segment': 'properties.segment',
            'industry': 'properties.industry',
            'employee_count': 'properties.numberofemployees',
            'owner_id': 'properties.hubspot_owner_id',
            'merged_object_ids': 'properties.hs_merged_object_ids',
            'created_at': 'properties.createdate',
            'source_url': 'url',
        },
        source_system='hubspot',
    ) }}
),

final as (
    select
        -- ids
        {{ clean_text('records.company_id') }} as company_id,
        {{ clean_text('records.parent_company_id') }} as parent_company_id,
        {{ clean_text('records.owner_id') }} as owner_id,
        -- text
        {{ clean_text('records.company_name') }} as company_name,
        {{ clean_text('records.domain') }} as domain,
        {{ clean_text('records.country') }} as country,
        {{ clean_text('records.country_region_code') }} as country_region_code,
        {{ clean_text('records.region') }} as region,
        {{ clean_text('records.segment') }} as segment,
        {{ clean_text('records.industry') }} as industry,
        {{ clean_text('records.merged_object_ids') }} as merged_object_ids,
        {{ clean_text('records.source_url') }} as source_url,
        -- numbers
        {{ safe_integer('records.employee_count') }} as employee_count,
        -- timestamps
        {{ safe_timestamp('records.created_at') }} as created_at,
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
            integers=['employee_count'],
            timestamps=['created_at'],
        ) }} as lost_values
    from records
)

select * from final
