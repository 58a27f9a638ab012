{{ config(unique_key=['source_system', 'record_id']) }}

with records as (
    {{ latest_records(
        source('raw_stripe', 'invoice_lines'),
        {
            'invoice': 'invoice',
            'subscription': 'subscription',
            'subscription_item': 'subscription_item',
            'price': 'price.id',
            'product': 'price.product',
            'type': 'type',
            'currency': 'currency',
            'billing_interval': 'price.recurring.interval',
            'usage_type': 'price.recurring.usage_type',
            'amount': 'amount',
            'unit_amount_decimal': 'price.unit_amount_decimal',
            'unit_amount': 'price.unit_amount',
            'quantity': 'quantity',
            'interval_count': 'price.recurring.interval_count',
            'proration': 'proration',
            'period_start': 'period.start',
            'period_end': 'period.end',
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
        records.record_id as invoice_line_id,
        records.invoice as invoice_id,
        records.subscription as subscription_id,
        records.subscription_item as subscription_item_id,
        records.price as price_id,
        records.product as product_id,
        -- text
        records.type as line_type,
        upper(records.currency) as currency_code,
        records.billing_interval,
        records.usage_type,
        -- money
        {{ minor_units_to_amount('records.amount', 'currencies.exponent') }} as amount,
        {{ minor_units_to_unit_price(
            'coalesce(records.unit_amount_decimal, records.unit_amount)', 'currencies.exponent'
        ) }} as unit_price,
        -- numbers
        {{ safe_integer('records.quantity') }} as quantity,
        {{ safe_integer('records.interval_count') }} as billing_interval_count,
        -- booleans
        coalesce({{ safe_boolean('records.proration') }}, false) as is_proration,
        -- timestamps
        {{ safe_epoch_timestamp('records.period_start') }} as period_starts_at,
        {{ safe_epoch_timestamp('records.period_end') }} as period_ends_at,
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
            integers=['quantity', 'interval_count'],
            decimals={'amount': [18, 4], 'unit_amount_decimal': [25, 12], 'unit_amount': [25, 12]},
            booleans=['proration'],
            epochs=['period_start', 'period_end'],
        ) }} as lost_values
    from records
    left join currencies
        on upper(records.currency) = currencies.currency_code
)

select * from final
