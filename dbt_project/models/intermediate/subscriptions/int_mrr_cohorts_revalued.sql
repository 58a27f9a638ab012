{{ config(
    key='account_key',
    reached={'int_customer_cohorts_formed': 'customer_key'},
    grows='closing_date',
    on_days={}
) }}
-- depends_on: {{ ref('int_mrr_month_ends') }}

with cohorts as (
    select * from {{ ref('int_customer_cohorts_formed') }}
),

by_customer as (
    select * from {{ ref('int_mrr_by_customer_month_ends') }}
),

periods as (
    select * from {{ ref('int_subscription_periods_normalised') }}
),

rates as (
    select * from {{ ref('int_exchange_rates_daily') }}
),

-- both beginnings may fall into one month
openings as (
    select distinct
        by_customer.account_key,
        by_customer.month_end_date as opening_date,
        by_customer.mrr_amount as then_amount
    from cohorts
    inner join by_customer
        on cohorts.customer_key = by_customer.account_key
        and cohorts.cohort_month_date = by_customer.month_start_date
    where by_customer.is_active
),

in_force as (
    select
        openings.account_key,
        openings.opening_date,
        openings.then_amount,
        by_customer.month_end_date as closing_date,
        periods.currency_code,
        cast(periods.recurring_amount * periods.monthly_multiplier as decimal(19, 4))
            as multiplied_amount,
        periods.monthly_divisor
    from openings
    inner join by_customer
        on openings.account_key = by_customer.account_key
        and openings.opening_date <= by_customer.month_end_date
    inner join periods
        on by_customer.account_key = periods.account_key
        and by_customer.month_end_date >= periods.valid_from_date
        and (periods.valid_to_date is null or by_customer.month_end_date < periods.valid_to_date)
    where by_customer.is_active
),

-- what is there now, at the rates of then
revalued as (
    select
        in_force.account_key,
        in_force.opening_date,
        in_force.closing_date,
        in_force.then_amount,
        {{ mrr_amount('in_force.multiplied_amount', 'rates.rate', 'in_force.monthly_divisor') }}
            as mrr_amount
    from in_force
    left join rates
        on in_force.currency_code = rates.currency_code
        and in_force.opening_date = rates.rate_date
),

-- a sum over a missing rate is missing, never a smaller number
final as (
    select
        account_key,
        opening_date,
        closing_date,
        then_amount,
        cast(case when count(mrr_amount) = count(*) then sum(mrr_amount) end as decimal(18, 2)) as now_amount
    from revalued
    group by account_key, opening_date, closing_date, then_amount
)

select * from final
