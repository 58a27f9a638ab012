{{ config(unique_key=['source_system', 'record_id']) }}

with records as (
    {{ record_versions(
        source('raw_stripe', 'subscriptions'),
        {'items': 'items.data'},
        source_system='stripe'
    ) }}
),

items as (
    {{ list_elements(
        'records',
        'items',
        [
            'source_system', 'record_id', 'updated_at', 'is_deleted', 'extracted_at', 'batch_id',
            'load_seq', 'payload_hash', 'misplaced_values'
        ],
        {
            'item': 'id',
            'price': 'price.id',
            'product': 'price.product',
            'currency': 'price.currency',
            'billing_interval': 'price.recurring.interval',
            'usage_type': 'price.recurring.usage_type',
            'unit_amount_decimal': 'price.unit_amount_decimal',
            'unit_amount': 'price.unit_amount',
            'quantity': 'quantity',
            'interval_count': 'price.recurring.interval_count',
            'created': 'created',
        }
    ) }}
),

currencies as (
    select * from {{ ref('currency_minor_units') }}
),

final as (
    select
        -- ids
        items.record_id as subscription_id,
        items.item as subscription_item_id,
        items.price as price_id,
        items.product as product_id,
        -- text
        upper(items.currency) as currency_code,
        items.billing_interval,
        items.usage_type,
        -- money
        {{ minor_units_to_unit_price(
            'coalesce(items.unit_amount_decimal, items.unit_amount)', 'currencies.exponent'
        ) }} as unit_price,
        -- numbers
        {{ safe_integer('items.quantity') }} as quantity,
        {{ safe_integer('items.interval_count') }} as billing_interval_count,
        -- timestamps
        {{ safe_epoch_timestamp('items.created') }} as created_at,
        -- pipeline
        items.source_system,
        items.record_id,
        items.updated_at,
        items.is_deleted,
        items.extracted_at,
        items.batch_id,
        items.load_seq,
        items.payload_hash,
        {{ lost_values(
            'items',
            integers=['quantity', 'interval_count'],
            decimals={'unit_amount_decimal': [25, 12], 'unit_amount': [25, 12]},
            epochs=['created'],
        ) }} as lost_values
    from items
    left join currencies
        on upper(items.currency) = currencies.currency_code
)

select * from final
