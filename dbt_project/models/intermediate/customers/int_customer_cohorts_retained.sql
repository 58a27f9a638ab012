with cohorts as (
    select * from {{ ref('int_customer_cohorts_formed') }}
),

by_customer as (
    select * from {{ ref('int_mrr_by_customer_month_ends') }}
),

revalued as (
    select * from {{ ref('int_mrr_cohorts_revalued') }}
),

active as (
    select
        cohorts.cohort_basis,
        cohorts.cohort_month_date,
        cohorts.channel,
        by_customer.month_end_date,
        by_customer.mrr_amount,
        revalued.account_key,
        revalued.now_amount,
        least(revalued.now_amount, revalued.then_amount) as kept_amount
    from cohorts
    inner join by_customer
        on cohorts.customer_key = by_customer.account_key
        and cohorts.cohort_month_date <= by_customer.month_start_date
    left join revalued
        on by_customer.account_key = revalued.account_key
        and by_customer.month_end_date = revalued.closing_date
        and {{ month_end('cohorts.cohort_month_date') }} = revalued.opening_date
    where by_customer.is_active
),

-- a sum over a missing rate is missing, never a smaller number
final as (
    select
        cohort_basis,
        cohort_month_date,
        channel,
        month_end_date,
        count(*) as active_customer_count,
        sum(mrr_amount) as mrr_amount,
        case when count(now_amount) = count(account_key) then coalesce(sum(now_amount), 0) end as now_amount,
        case when count(now_amount) = count(account_key) then coalesce(sum(kept_amount), 0) end as kept_amount
    from active
    group by cohort_basis, cohort_month_date, channel, month_end_date
)

select * from final
