{{ config(unique_key=['source_system', 'record_id']) }}

with records as (
    {{ record_versions(
        source('raw_files', 'opportunities'),
        {
            'opportunity_id': 'mapped.opportunity_id',
            'opportunity_name': 'mapped.opportunity_name',
            'account_id': 'mapped.account_id',
            'lead_id': 'mapped.lead_id',
            'pipeline_id': 'mapped.pipeline_id',
            'stage': 'mapped.stage',
            'opportunity_type': 'mapped.opportunity_type',
            'amount': 'mapped.amount',
            'currency_code': 'mapped.currency_code',
            'amount_crm_reporting': 'mapped.amount_crm_reporting',
            'probability': 'mapped.probability',
            'forecast_category': 'mapped.forecast_category',
            'created_at': 'mapped.created_at',
            'expected_close_date': 'mapped.expected_close_date',
            'closed_at': 'mapped.closed_at',
            'owner_sales_rep_id': 'mapped.owner_sales_rep_id',
            'campaign_id': 'mapped.campaign_id',
            'source': 'mapped.source',
            'lost_reason': 'mapped.lost_reason',
            'next_step': 'mapped.next_step',
            'account_name': 'mapped.account_name',
            'owner_name': 'mapped.owner_name',
            'campaign_name': 'mapped.campaign_name',
            'source_url': 'mapped.source_url',
            'row_is_deleted': 'mapped.is_deleted',
        }
    ) }}
),

final as (
    select
        -- ids
        {{ clean_text('records.opportunity_id') }} as opportunity_id,
        {{ clean_text('records.account_id') }} as account_id,
        {{ clean_text('records.lead_id') }} as lead_id,
        coalesce({{ clean_text('records.pipeline_id') }}, 'default') as pipeline_id,
        {{ clean_text('records.owner_sales_rep_id') }} as owner_sales_rep_id,
        {{ clean_text('records.campaign_id') }} as campaign_id,
        -- text
        {{ clean_text('records.opportunity_name') }} as opportunity_name,
        {{ clean_text('records.stage') }} as stage,
        {{ clean_text('records.opportunity_type') }} as opportunity_type,
        {{ clean_text('records.currency_code') }} as currency_code,
        {{ clean_text('records.forecast_category') }} as forecast_category,
        {{ clean_text('records.source') }} as source,
        {{ clean_text('records.lost_reason') }} as lost_reason,
        {{ clean_text('records.next_step') }} as next_step,
        {{ clean_text('records.account_name') }} as account_name,
        {{ clean_text('records.owner_name') }} as owner_name,
        {{ clean_text('records.campaign_name') }} as campaign_name,
        {{ clean_text('records.source_url') }} as source_url,
        -- money
        {{ safe_decimal('records.amount', 18, 4) }} as amount,
        {{ safe_decimal('records.amount_crm_reporting', 18, 4) }} as amount_crm_reporting,
        -- numbers
        {{ safe_decimal('records.probability', 9, 6) }} as probability,
        -- dates
        {{ safe_date('records.expected_close_date') }} as expected_close_date,
        -- timestamps
        {{ safe_timestamp('records.created_at') }} as created_at,
        {{ safe_timestamp('records.closed_at') }} as closed_at,
        -- pipeline
        records.source_system,
        records.record_id,
        records.updated_at,
        records.is_deleted
        or coalesce({{ safe_boolean('records.row_is_deleted') }}, false) as is_deleted,
        records.extracted_at,
        records.batch_id,
        records.load_seq,
        records.payload_hash,
        {{ lost_values(
            'records',
            decimals={'amount': [18, 4], 'amount_crm_reporting': [18, 4], 'probability': [9, 6]},
            booleans=['row_is_deleted'],
            timestamps=['created_at', 'closed_at'],
            dates=['expected_close_date'],
        ) }} as lost_values
    from records
)

select * from final
