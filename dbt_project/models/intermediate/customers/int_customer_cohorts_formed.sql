{{ config(key='customer_key', reached={'int_mrr_by_customer_month_ends': 'account_key'}) }}

with by_customer as (
    select * from {{ ref('int_mrr_by_customer_month_ends') }}
),

customers as (
    select * from {{ ref('int_customers') }}
),

final as (
    select
        'first_mrr' as cohort_basis,
        account_key as customer_key,
        channel,
        min(month_start_date) as cohort_month_date
    from by_customer
    where is_active
    group by account_key, channel
    union all
    select
        'first_purchase' as cohort_basis,
        customer_key,
        channel,
        {{ month_start('first_purchase_date') }} as cohort_month_date
    from customers
)

select * from final
