{{ config(unique_key=['source_system', 'record_id']) }}

with records as (
    {{ latest_records(
        source('raw_files', 'opportunity_splits'),
        {
            'opportunity_id': 'mapped.opportunity_id',
            'sales_rep_id': 'mapped.sales_rep_id',
            'split_ratio': 'mapped.split_ratio',
            'source_url': 'mapped.source_url',
            'row_is_deleted': 'mapped.is_deleted',
        }
    ) }}
),

final as (
    select
        -- ids
        {{ clean_text('records.opportunity_id') }} as opportunity_id,
        {{ clean_text('records.sales_rep_id') }} as sales_rep_id,
        -- text
        {{ clean_text('records.source_url') }} as source_url,
        -- numbers
        {{ safe_decimal('records.split_ratio', 9, 6) }} as split_ratio,
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
            decimals={'split_ratio': [9, 6]},
            booleans=['row_is_deleted'],
        ) }} as lost_values
    from records
)

select * from final
