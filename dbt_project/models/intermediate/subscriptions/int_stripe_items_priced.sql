{{ config(key='subscription_id') }}

with items as (
    select * from {{ ref('int_stripe_items_cut') }}
),

discounts as (
    select * from {{ ref('int_stripe_discounts_dated') }}
),

discounted as (
    select
        items.subscription_id,
        items.subscription_item_id,
        items.starts_at,
        max(discounts.percent_off) as percent_off,
        max(discounts.amount_off) as amount_off
    from items
    inner join discounts
        on items.subscription_id = discounts.subscription_id
    where (discounts.begins_at is null or discounts.begins_at <= items.starts_at)
        and (discounts.ends_at is null or discounts.ends_at > items.starts_at)
    group by items.subscription_id, items.subscription_item_id, items.starts_at
),

reduced as (
    select
        items.subscription_id,
        items.subscription_item_id,
        items.price_id,
        items.product_id,
        items.quantity,
        items.starts_at,
        items.ends_at,
        items.is_last,
        items.currency_code,
        items.billing_interval,
        items.billing_interval_count,
        {{ discounted_amount('items.unit_price', 'items.quantity', 'discounted.percent_off') }} as amount,
        coalesce(discounted.amount_off, 0) as amount_off
    from items
    left join discounted
        on items.subscription_id = discounted.subscription_id
        and items.subscription_item_id = discounted.subscription_item_id
        and items.starts_at = discounted.starts_at
),

totalled as (
    select
        *,
        sum(amount) over (partition by subscription_id, starts_at) as total_amount,
        sum(amount) over (
            partition by subscription_id, starts_at
            order by subscription_item_id
            rows between unbounded preceding and current row
        ) as running_amount
    from reduced
),

counted as (
    select
        *,
        {{ in_ten_thousandths('amount') }} as units,
        {{ in_ten_thousandths('running_amount') }} as running_units,
        {{ in_ten_thousandths('total_amount') }} as total_units,
        {{ in_ten_thousandths('greatest(total_amount - amount_off, 0)') }} as left_units
    from totalled
),

-- an amount is taken off the whole subscription once; what is left is shared out by the items' amounts
final as (
    select
        subscription_id,
        subscription_item_id,
        price_id,
        product_id,
        quantity,
        starts_at,
        ends_at,
        is_last,
        case
            when amount_off = 0 or total_units <= 0 then amount
            else cast(
                (
                    {{ divide_money('running_units * left_units', 'total_units', 0, 0) }}
                    - {{ divide_money('(running_units - units) * left_units', 'total_units', 0, 0) }}
                ) * cast(0.0001 as decimal(5, 4)) as decimal(18, 4)
            )
        end as recurring_amount,
        currency_code,
        billing_interval,
        billing_interval_count
    from counted
)

select * from final
