{{ config(unique_key=['source_system', 'record_id']) }}

with records as (
    {{ record_versions(
        source('raw_stripe', 'subscriptions'),
        {
            'status': 'status',
            'pause_collection': 'pause_collection',
            'coupon_duration': 'discount.coupon.duration',
            'coupon_currency': 'discount.coupon.currency',
            'percent_off': 'discount.coupon.percent_off',
            'amount_off': 'discount.coupon.amount_off',
            'discount_start': 'discount.start',
            'trial_start': 'trial_start',
            'trial_end': 'trial_end',
            'current_period_start': 'current_period_start',
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
        -- text
        records.status,
        records.coupon_duration,
        -- money
        {{ minor_units_to_amount('records.amount_off', 'currencies.exponent') }} as amount_off,
        -- numbers
        {{ safe_decimal('records.percent_off', 7, 4) }} as percent_off,
        -- booleans
        records.pause_collection is not null as is_collection_paused,
        -- timestamps
        {{ safe_epoch_timestamp('records.discount_start') }} as discount_starts_at,
        {{ safe_epoch_timestamp('records.trial_start') }} as trial_starts_at,
        {{ safe_epoch_timestamp('records.trial_end') }} as trial_ends_at,
        {{ safe_epoch_timestamp('records.current_period_start') }} as period_starts_at,
        -- pipeline
        records.source_system,
        records.record_id,
        records.updated_at,
        records.is_deleted,
        records.extracted_at,
        records.batch_id,
        records.load_seq,
        records.payload_hash,
        {{ lost_values(
            'records',
            decimals={'percent_off': [7, 4], 'amount_off': [18, 4]},
            epochs=['discount_start', 'trial_start', 'trial_end', 'current_period_start'],
        ) }} as lost_values
    from records
    left join currencies
        on upper(records.coupon_currency) = currencies.currency_code
)

select * from final
