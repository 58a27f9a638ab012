{{ config(key='account_key', compared=false) }}

with paired as (
    select * from {{ ref('int_mrr_periods_paired') }}
),

periods as (
    select * from {{ ref('int_subscription_periods_normalised') }}
),

rates as (
    select * from {{ ref('int_exchange_rates_daily') }}
),

opening_days as (
    select distinct opening_date
    from paired
),

in_force as (
    select
        opening_days.opening_date,
        periods.account_key,
        periods.currency_code,
        cast(periods.recurring_amount * periods.monthly_multiplier as decimal(19, 4))
            as multiplied_amount,
        periods.monthly_divisor
    from opening_days
    inner join periods
        on opening_days.opening_date >= periods.valid_from_date
        and (periods.valid_to_date is null or opening_days.opening_date < periods.valid_to_date)
),

converted as (
    select
        in_force.account_key,
        in_force.opening_date,
        {{ mrr_amount('in_force.multiplied_amount', 'rates.rate', 'in_force.monthly_divisor') }}
            as mrr_amount
    from in_force
    left join rates
        on in_force.currency_code = rates.currency_code
        and in_force.opening_date = rates.rate_date
),

-- a sum over a missing rate is missing, never a smaller number
totalled as (
    select
        account_key,
        opening_date,
        count(*) - count(mrr_amount) as missing_count,
        case when count(mrr_amount) = count(*) then sum(mrr_amount) end as mrr_amount
    from converted
    group by account_key, opening_date
),

final as (
    select
        account_key,
        opening_date,
        cast(mrr_amount as decimal(18, 2)) as mrr_amount
    from totalled
    where missing_count > 0 or mrr_amount > 0
)

select * from final
