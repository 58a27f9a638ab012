with lines as (
    select * from {{ ref('stg_stripe__invoice_lines') }}
),

item_versions as (
    select * from {{ ref('stg_stripe__subscription_item_versions') }}
),

-- proration lines bill the past; a metered line bills the period before it
line_observations as (
    select
        subscription_id,
        subscription_item_id,
        period_starts_at as observed_at,
        period_ends_at as billed_until,
        false as is_listed,
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
),

billed_items as (
    select
        subscription_item_id,
        max(billed_until) as billed_until
    from line_observations
    group by subscription_item_id
),

numbered_versions as (
    select
        subscription_id,
        subscription_item_id,
        extracted_at,
        created_at,
        price_id,
        product_id,
        currency_code,
        billing_interval,
        billing_interval_count,
        case when usage_type = 'metered' then 0 else unit_price end as unit_price,
        case when usage_type = 'metered' then 0 else quantity end as quantity,
        row_number() over (
            partition by subscription_item_id
            order by extracted_at, updated_at, payload_hash
        ) as item_version_number,
        max(extracted_at) over (partition by subscription_id) as last_extracted_at
    from item_versions
),

-- what no invoice shows: an item never billed, and a change that is to be billed with the next period
version_observations as (
    select
        numbered_versions.subscription_id,
        numbered_versions.subscription_item_id,
        case
            when numbered_versions.item_version_number = 1
                and billed_items.subscription_item_id is null
                then numbered_versions.created_at
            else numbered_versions.extracted_at
        end as observed_at,
        billed_items.billed_until,
        numbered_versions.extracted_at = numbered_versions.last_extracted_at as is_listed,
        numbered_versions.price_id,
        numbered_versions.product_id,
        numbered_versions.currency_code,
        numbered_versions.billing_interval,
        numbered_versions.billing_interval_count,
        numbered_versions.unit_price,
        numbered_versions.quantity
    from numbered_versions
    left join billed_items
        on numbered_versions.subscription_item_id = billed_items.subscription_item_id
),

final as (
    select
        subscription_id,
        subscription_item_id,
        observed_at,
        billed_until,
        is_listed,
        price_id,
        product_id,
        currency_code,
        billing_interval,
        billing_interval_count,
        unit_price,
        quantity
    from line_observations
    union all
    select
        subscription_id,
        subscription_item_id,
        observed_at,
        billed_until,
        is_listed,
        price_id,
        product_id,
        currency_code,
        billing_interval,
        billing_interval_count,
        unit_price,
        quantity
    from version_observations
)

select * from final
