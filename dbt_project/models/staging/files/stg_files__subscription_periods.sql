{{ config(unique_key=['source_system', 'record_id']) }}

with records as (
    {{ latest_records(
        source('raw_files', 'subscription_periods'),
        {
            'subscription_id': 'mapped.subscription_id',
            'account_id': 'mapped.account_id',
            'subscription_item_id': 'mapped.subscription_item_id',
            'product_id': 'mapped.product_id',
            'valid_from_date': 'mapped.valid_from_date',
            'valid_to_date': 'mapped.valid_to_date',
            'status': 'mapped.status',
            'recurring_amount': 'mapped.recurring_amount',
            'currency_code': 'mapped.currency_code',
            'billing_interval': 'mapped.billing_interval',
            'billing_interval_count': 'mapped.billing_interval_count',
            'account_name': 'mapped.account_name',
            'product_name': 'mapped.product_name',
            'source_url': 'mapped.source_url',
            'row_is_deleted': 'mapped.is_deleted',
        }
    ) }}
),

final as (
    select
        -- ids
        {{ clean_text('records.subscription_id') }} as subscription_id,
        {{ clean_text('records.account_id') }} as account_id,
        coalesce(
            {{ clean_text('records.subscription_item_id') }},
            {{ clean_text('records.subscription_id') }}
        ) as subscription_item_id,
        {{ clean_text('records.product_id') }} as product_id,
        -- text
        {{ clean_text('records.status') }} as status,
        {{ clean_text('records.currency_code') }} as currency_code,
        {{ clean_text('records.billing_interval') }} as billing_interval,
        {{ clean_text('records.account_name') }} as account_name,
        {{ clean_text('records.product_name') }} as product_name,
        {{ clean_text('records.source_url') }} as source_url,
        -- money
        {{ safe_decimal('records.recurring_amount', 18, 4) }} as recurring_amount,
        -- numbers
        coalesce({{ safe_integer('records.billing_interval_count') }}, 1) as billing_interval_count,
        -- dates
        {{ safe_date('records.valid_from_date') }} as valid_from_date,
        {{ safe_date('records.valid_to_date') }} as valid_to_date,
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
            integers=['billing_interval_count'],
            decimals=['recurring_amount'],
            booleans=['row_is_deleted'],
            dates=['valid_from_date', 'valid_to_date'],
        ) }} as lost_values
    from records
)

select * from final
