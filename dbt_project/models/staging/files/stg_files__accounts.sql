{{ config(unique_key=['source_system', 'record_id']) }}

with records as (
    {{ latest_records(
        source('raw_files', 'accounts'),
        {
            'account_id': 'mapped.account_id',
            'account_name': 'mapped.account_name',
            'domain': 'mapped.domain',
            'parent_account_id': 'mapped.parent_account_id',
            'country_code': 'mapped.country_code',
            'region': 'mapped.region',
            'segment': 'mapped.segment',
            'industry': 'mapped.industry',
            'employee_count': 'mapped.employee_count',
            'external_id': 'mapped.external_id',
            'owner_sales_rep_id': 'mapped.owner_sales_rep_id',
            'created_at': 'mapped.created_at',
            'owner_name': 'mapped.owner_name',
            'source_url': 'mapped.source_url',
            'row_is_deleted': 'mapped.is_deleted',
        }
    ) }}
),

final as (
    select
        -- ids
        {{ clean_text('records.account_id') }} as account_id,
        {{ clean_text('records.parent_account_id') }} as parent_account_id,
        {{ clean_text('records.external_id') }} as external_id,
        {{ clean_text('records.owner_sales_rep_id') }} as owner_sales_rep_id,
        -- text
        {{ clean_text('records.account_name') }} as account_name,
        {{ clean_text('records.domain') }} as domain,
        {{ clean_text('records.country_code') }} as country_code,
        {{ clean_text('records.region') }} as region,
        {{ clean_text('records.segment') }} as segment,
        {{ clean_text('records.industry') }} as industry,
        {{ clean_text('records.owner_name') }} as owner_name,
        {{ clean_text('records.source_url') }} as source_url,
        -- numbers
        {{ safe_integer('records.employee_count') }} as employee_count,
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
            integers=['employee_count'],
            booleans=['row_is_deleted'],
            timestamps=['created_at'],
        ) }} as lost_values
    from records
)

select * from final
