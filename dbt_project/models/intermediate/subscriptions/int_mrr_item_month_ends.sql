{{ config(
    key='account_key',
    grows='month_end_date',
    on_days={'int_subscription_periods_normalised': 'valid_to_date is null or valid_to_date > {since}'}
) }}

with month_ends as (
    select * from {{ ref('int_mrr_month_ends') }}
),

periods as (
    select * from {{ ref('int_subscription_periods_normalised') }}
),

rates as (
    select * from {{ ref('int_exchange_rates_daily') }}
),

-- a period without an end is in force for ever
in_force as (
    select
        periods.source_system,
        periods.subscription_id,
        periods.subscription_item_id,
        periods.account_key,
        periods.product_id,
        periods.currency_code,
        periods.valid_from_date,
        month_ends.month_start_date,
        month_ends.month_end_date,
        month_ends.opening_date,
        cast(periods.recurring_amount * periods.monthly_multiplier as decimal(19, 4))
            as multiplied_amount,
        periods.monthly_divisor
    from month_ends
    inner join periods
        on month_ends.month_end_date >= periods.valid_from_date
        and (periods.valid_to_date is null or month_ends.month_end_date < periods.valid_to_date)
),

final as (
    select
        in_force.source_system,
        in_force.subscription_id,
        in_force.subscription_item_id,
        in_force.account_key,
        in_force.product_id,
        in_force.currency_code,
        in_force.valid_from_date,
        in_force.month_start_date,
        in_force.month_end_date,
        {{ mrr_amount('in_force.multiplied_amount', 'closing.rate', 'in_force.monthly_divisor') }}
            as mrr_amount,
        {{ mrr_amount('in_force.multiplied_amount', 'opening.rate', 'in_force.monthly_divisor') }}
            as mrr_amount_at_month_opening_rate
    from in_force
    left join rates as closing
        on in_force.currency_code = closing.currency_code
        and in_force.month_end_date = closing.rate_date
    left join rates as opening
        on in_force.currency_code = opening.currency_code
        and in_force.opening_date = opening.rate_date
)

select * from final
