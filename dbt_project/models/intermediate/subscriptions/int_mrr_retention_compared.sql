{{ config(
    key='account_key',
    reached={'int_customers': 'int_mrr_openings_valued.account_key'},
    compared=false
) }}

with paired as (
    select * from {{ ref('int_mrr_periods_paired') }}
),

openings as (
    select * from {{ ref('int_mrr_openings_valued') }}
),

periods as (
    select * from {{ ref('int_subscription_periods_normalised') }}
),

rates as (
    select * from {{ ref('int_exchange_rates_daily') }}
),

by_customer as (
    select * from {{ ref('int_mrr_by_customer_month_ends') }}
),

customers as (
    select * from {{ ref('int_customers') }}
),

-- several periods share their two days
pairs as (
    select distinct opening_date, closing_date
    from paired
),

in_force as (
    select
        openings.account_key,
        pairs.opening_date,
        pairs.closing_date,
        periods.currency_code,
        cast(periods.recurring_amount * periods.monthly_multiplier as decimal(19, 4))
            as multiplied_amount,
        periods.monthly_divisor
    from pairs
    inner join openings
        on pairs.opening_date = openings.opening_date
    inner join periods
        on openings.account_key = periods.account_key
        and pairs.closing_date >= periods.valid_from_date
        and (periods.valid_to_date is null or pairs.closing_date < periods.valid_to_date)
),

-- what is there now, at the rates of then
revalued as (
    select
        in_force.account_key,
        in_force.opening_date,
        in_force.closing_date,
        {{ mrr_amount('in_force.multiplied_amount', 'rates.rate', 'in_force.monthly_divisor') }}
            as mrr_amount
    from in_force
    left join rates
        on in_force.currency_code = rates.currency_code
        and in_force.opening_date = rates.rate_date
),

stayed as (
    select
        account_key,
        opening_date,
        closing_date,
        case when count(mrr_amount) = count(*) then sum(mrr_amount) end as mrr_amount
    from revalued
    group by account_key, opening_date, closing_date
),

active_now as (
    select account_key, month_end_date
    from by_customer
    where is_active
),

final as (
    select
        openings.account_key,
        paired.compared_span,
        paired.period_grain,
        paired.period_start_date,
        paired.opening_date,
        paired.closing_date,
        coalesce(customers.channel, '(unknown)') as channel,
        coalesce(customers.region, '(unknown)') as region,
        coalesce(customers.segment, '(unknown)') as segment,
        openings.mrr_amount as then_amount,
        case
            when active_now.account_key is null then 0
            else cast(stayed.mrr_amount as decimal(18, 2))
        end as now_amount,
        active_now.account_key is null as is_churned
    from paired
    inner join openings
        on paired.opening_date = openings.opening_date
    left join active_now
        on openings.account_key = active_now.account_key
        and paired.closing_date = active_now.month_end_date
    left join stayed
        on openings.account_key = stayed.account_key
        and paired.opening_date = stayed.opening_date
        and paired.closing_date = stayed.closing_date
    left join customers
        on openings.account_key = customers.account_key
)

select * from final
