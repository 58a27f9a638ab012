{{ config(
    key='customer_key',
    reached={'int_mrr_by_customer_month_ends': 'account_key'},
    grows='month_end_date',
    on_days={'int_mrr_by_customer_month_ends': 'month_end_date >= {since}'}
) }}
-- depends_on: {{ ref('int_mrr_month_ends') }}
-- depends_on: {{ ref('int_exchange_rates_daily') }}

with by_customer as (
    select * from {{ ref('int_mrr_by_customer_month_ends') }}
),

final as (
    select
        {{ surrogate_key(['account_key', 'month_start_date']) }} as mrr_monthly_key,
        account_key as customer_key,
        channel,
        region,
        segment,
        month_start_date,
        month_end_date,
        mrr_amount as mrr_amount_reporting,
        cast(subscription_count as integer) as subscription_count,
        cast(case when is_active then 1 else 0 end as integer) as active_customer_count
    from by_customer
)

select * from final
