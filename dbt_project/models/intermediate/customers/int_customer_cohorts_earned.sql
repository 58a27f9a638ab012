with cohorts as (
    select * from {{ ref('int_customer_cohorts_formed') }}
),

revenues as (
    select * from {{ ref('int_customer_revenues_dated') }}
),

purchases as (
    select * from {{ ref('int_purchases_ranked') }}
),

-- what was invoiced before the cohort's month belongs to its beginning
additions as (
    select
        cohorts.cohort_basis,
        cohorts.cohort_month_date,
        cohorts.channel,
        greatest(cohorts.cohort_month_date, {{ month_start('revenues.revenue_date') }}) as month_start_date,
        revenues.revenue_amount_reporting,
        0 as repeat_customer_count,
        null as buyer_key
    from cohorts
    inner join revenues
        on cohorts.customer_key = revenues.customer_key
    union all
    select
        cohorts.cohort_basis,
        cohorts.cohort_month_date,
        cohorts.channel,
        greatest(cohorts.cohort_month_date, {{ month_start('purchases.purchase_date') }}) as month_start_date,
        0 as revenue_amount_reporting,
        case when purchases.purchase_number = 2 then 1 else 0 end as repeat_customer_count,
        case
            when purchases.purchase_date >= cohorts.cohort_month_date then purchases.customer_key
        end as buyer_key
    from cohorts
    inner join purchases
        on cohorts.customer_key = purchases.customer_key
),

final as (
    select
        cohort_basis,
        cohort_month_date,
        channel,
        month_start_date,
        cast(sum(revenue_amount_reporting) as decimal(18, 2)) as revenue_amount_reporting,
        sum(repeat_customer_count) as repeat_customer_count,
        count(distinct buyer_key) as purchasing_customer_count
    from additions
    group by cohort_basis, cohort_month_date, channel, month_start_date
)

select * from final
