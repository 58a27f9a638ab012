{{ config(unique_key=['source_system', 'record_id']) }}

with records as (
    {{ latest_records(
        source('raw_files', 'activities'),
        {
            'activity_id': 'mapped.activity_id',
            'activity_type': 'mapped.activity_type',
            'direction': 'mapped.direction',
            'occurred_at': 'mapped.occurred_at',
            'sales_rep_id': 'mapped.sales_rep_id',
            'lead_id': 'mapped.lead_id',
            'account_id': 'mapped.account_id',
            'opportunity_id': 'mapped.opportunity_id',
            'is_completed': 'mapped.is_completed',
            'is_automated': 'mapped.is_automated',
            'duration_minutes': 'mapped.duration_minutes',
            'account_name': 'mapped.account_name',
            'source_url': 'mapped.source_url',
            'row_is_deleted': 'mapped.is_deleted',
        }
    ) }}
),

final as (
    select
        -- ids
        {{ clean_text('records.activity_id') }} as activity_id,
        {{ clean_text('records.sales_rep_id') }} as sales_rep_id,
        {{ clean_text('records.lead_id') }} as lead_id,
        {{ clean_text('records.account_id') }} as account_id,
        {{ clean_text('records.opportunity_id') }} as opportunity_id,
        -- text
        {{ clean_text('records.activity_type') }} as activity_type,
        coalesce({{ clean_text('records.direction') }}, 'outbound') as direction,
        {{ clean_text('records.account_name') }} as account_name,
        {{ clean_text('records.source_url') }} as source_url,
        -- numbers
        {{ safe_decimal('records.duration_minutes', 9, 2) }} as duration_minutes,
        -- booleans
        {{ safe_boolean('records.is_completed') }} as is_completed,
        coalesce({{ safe_boolean('records.is_automated') }}, false) as is_automated,
        -- timestamps
        {{ safe_timestamp('records.occurred_at') }} as occurred_at,
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
            decimals={'duration_minutes': [9, 2]},
            booleans=['is_completed', 'is_automated', 'row_is_deleted'],
            timestamps=['occurred_at'],
        ) }} as lost_values
    from records
)

select * from final
