{{ config(unique_key=['source_system', 'record_id']) }}

with records as (
    {{ latest_records(
        source('raw_files', 'leads'),
        {
            'lead_id': 'mapped.lead_id',
            'email': 'mapped.email',
            'account_id': 'mapped.account_id',
            'created_at': 'mapped.created_at',
            'source': 'mapped.source',
            'source_detail': 'mapped.source_detail',
            'campaign_id': 'mapped.campaign_id',
            'country_code': 'mapped.country_code',
            'region': 'mapped.region',
            'segment': 'mapped.segment',
            'owner_sales_rep_id': 'mapped.owner_sales_rep_id',
            'is_lead': 'mapped.is_lead',
            'account_name': 'mapped.account_name',
            'campaign_name': 'mapped.campaign_name',
            'owner_name': 'mapped.owner_name',
            'source_url': 'mapped.source_url',
            'row_is_deleted': 'mapped.is_deleted',
        }
    ) }}
),

final as (
    select
        -- ids
        {{ clean_text('records.lead_id') }} as lead_id,
        {{ clean_text('records.account_id') }} as account_id,
        {{ clean_text('records.campaign_id') }} as campaign_id,
        {{ clean_text('records.owner_sales_rep_id') }} as owner_sales_rep_id,
        -- text
        {{ clean_text('records.email') }} as email,
        {{ clean_text('records.source') }} as source,
        {{ clean_text('records.source_detail') }} as source_detail,
        {{ clean_text('records.country_code') }} as country_code,
        {{ clean_text('records.region') }} as region,
        {{ clean_text('records.segment') }} as segment,
        {{ clean_text('records.account_name') }} as account_name,
        {{ clean_text('records.campaign_name') }} as campaign_name,
        {{ clean_text('records.owner_name') }} as owner_name,
        {{ clean_text('records.source_url') }} as source_url,
        -- booleans
        coalesce({{ safe_boolean('records.is_lead') }}, true) as is_lead,
        -- timestamps
        {{ safe_timestamp('records.created_at') }} as created_at,
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
            booleans=['is_lead', 'row_is_deleted'],
            timestamps=['created_at'],
        ) }} as lost_values
    from records
)

select * from final
