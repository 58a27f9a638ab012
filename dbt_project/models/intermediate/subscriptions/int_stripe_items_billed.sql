{{ config(key='invoice_line_id') }}

with lines as (
    select * from {{ ref('stg_stripe__invoice_lines') }}
),

-- proration lines bill the past; a metered line bills the period before it
final as (
    select
        invoice_line_id,
        invoice_id,
        subscription_id,
        subscription_item_id,
        period_starts_at as observed_at,
        period_ends_at as billed_until,
        price_id,
        product_id,
        currency_code,
        billing_interval,
        billing_interval_count,
        unit_price,
        quantity
    from lines
    where line_type = 'subscription'
        and not is_proration
        and not is_deleted
        and subscription_item_id is not null
        and coalesce(usage_type, 'licensed') <> 'metered'
)

select * from final
