{{ config(
    key='subscription_id',
    reached={
        'int_accounts_resolved': 'int_subscription_periods_unioned.account_id',
    }
) }}

with periods as (
    select * from {{ ref('int_subscription_periods_unioned') }}
),

accounts as (
    select * from {{ ref('int_accounts_resolved') }}
),

-- a billing export may come without an accounts file: its account ids still are customers
recurring as (
    select
        periods.source_system,
        periods.subscription_id,
        coalesce(periods.subscription_item_id, periods.subscription_id) as subscription_item_id,
        coalesce(
            accounts.account_key,
            {{ surrogate_key(['periods.source_system', 'periods.account_id']) }}
        ) as account_key,
        periods.product_id,
        periods.currency_code,
        periods.recurring_amount,
        periods.billing_interval,
        coalesce(periods.billing_interval_count, 1) as billing_interval_count,
        periods.valid_from_date,
        periods.valid_to_date
    from periods
    left join accounts
        on periods.source_system = accounts.source_system
        and periods.account_id = accounts.account_id
    where not periods.is_deleted
        and periods.status in ('active', 'past_due')
        and periods.recurring_amount <> 0
),

final as (
    select
        source_system,
        subscription_id,
        subscription_item_id,
        account_key,
        product_id,
        currency_code,
        recurring_amount,
        case billing_interval
            when 'day' then 365
            when 'week' then 52
            else 1
        end as monthly_multiplier,
        case billing_interval
            when 'month' then 1
            else 12
        end * billing_interval_count as monthly_divisor,
        valid_from_date,
        valid_to_date
    from recurring
)

select * from final
