{{ config(unique_key=['source_system', 'record_id']) }}

with records as (
    {{ latest_records(
        source('raw_stripe', 'subscriptions'),
        {
            'customer': 'customer',
            'status': 'status',
            'items': 'items.data',
            'start_date': 'start_date',
            'ended_at': 'ended_at',
        },
        source_system='stripe'
    ) }}
),

final as (
    select
        -- ids
        records.record_id as subscription_id,
        records.customer as customer_id,
        -- text
        records.status,
        records.items,
        -- timestamps
        {{ safe_epoch_timestamp('records.start_date') }} as started_at,
        {{ safe_epoch_timestamp('records.ended_at') }} as ended_at,
        -- pipeline
        records.source_system,
        records.record_id,
        records.updated_at,
        records.is_deleted,
        records.extracted_at,
        records.batch_id,
        records.load_seq,
        {{ lost_values('records', epochs=['start_date', 'ended_at']) }} as lost_values
    from records
)

select * from final
