{{ config(key='account_key') }}

with month_ends as (
    select * from {{ ref('int_mrr_month_ends') }}
),

by_customer as (
    select * from {{ ref('int_mrr_by_customer_month_ends') }}
),

-- a month that is still running has not been lived through
months_over as (
    select
        month_start_date,
        month_end_date,
        opening_date
    from month_ends
    where month_end_date = {{ month_end('month_start_date') }}
),

active as (
    select
        by_customer.account_key,
        by_customer.channel,
        by_customer.region,
        by_customer.segment,
        by_customer.month_start_date,
        by_customer.month_end_date,
        {{ date_diff_months("date '2000-01-01'", 'by_customer.month_start_date') }}
        - row_number() over (
            partition by by_customer.account_key order by by_customer.month_start_date
        ) as spell_number
    from by_customer
    inner join months_over
        on by_customer.month_end_date = months_over.month_end_date
    where by_customer.is_active
),

-- who comes back is one month old again
aged as (
    select
        active.account_key,
        active.channel,
        active.region,
        active.segment,
        active.month_end_date,
        months_over.month_end_date as next_month_end_date,
        row_number() over (
            partition by active.account_key, active.spell_number order by active.month_start_date
        ) as age_months
    from active
    left join months_over
        on active.month_end_date = months_over.opening_date
),

final as (
    select
        aged.account_key,
        aged.channel,
        aged.region,
        aged.segment,
        aged.month_end_date,
        aged.age_months,
        aged.next_month_end_date,
        cast(case when aged.next_month_end_date is not null then 1 else 0 end as integer)
            as exposed_count,
        cast(
            case
                when aged.next_month_end_date is not null and active_next.account_key is null then 1
                else 0
            end as integer
        ) as churned_count
    from aged
    left join active as active_next
        on aged.account_key = active_next.account_key
        and aged.next_month_end_date = active_next.month_end_date
)

select * from final
