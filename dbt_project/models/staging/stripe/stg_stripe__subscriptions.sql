{{ config(unique_key=['source_system', 'record_id']) }}

with records as (
    {{ latest_records(
        source('raw_stripe', 'subscriptions'),
        {
            'customer': 'customer',
            'status': 'status',
            'pause_collection': 'pause_collection',
            'items': 'items.data',
            'coupon_duration': 'discount.coupon.duration',
            'coupon_currency': 'discount.coupon.currency',
            'percent_off': 'discount.coupon.percent_off',
            'amount_off': 'discount.coupon.amount_off',
            'start_date': 'start_date',
            'trial_end': 'trial_end',
            'ended_at': 'ended_at',
        },
        source_system='stripe'
    ) }}
),

currencies as (
    select * from {{ ref('currency_minor_units') }}
),

final as (
    select
        -- ids
        records.record_id as subscription_id,
        records.customer as customer_id,
        -- text
        records.status,
        records.items,
        records.coupon_duration,
        -- money
        {{ minor_units_to_amount('records.amount_off', 'currencies.exponent') }} as amount_off,
        -- numbers
        {{ safe_decimal('records.percent_off', 7, 4) }} as percent_off,
        -- booleans
        records.pause_collection is not null as is_collection_paused,
        -- timestamps
        {{ safe_epoch_timestamp('records.start_date') }} as started_at,
        {{ safe_epoch_timestamp('records.trial_end') }} as trial_ends_at,
        {{ safe_epoch_timestamp('records.ended_at') }} as ended_at,
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
            decimals={'percent_off': [7, 4], 'amount_off': [18, 4]},
            epochs=['start_date', 'trial_end', 'ended_at'],
        ) }} as lost_values
    from records
    left join currencies
        on upper(records.coupon_currency) = currencies.currency_code
)

select * from final
