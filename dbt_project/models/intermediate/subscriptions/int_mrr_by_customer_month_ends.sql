{{ config(
    key='account_key',
    reached={'int_customers': 'int_mrr_item_month_ends.account_key'},
    grows='month_end_date',
    on_days={'int_mrr_item_month_ends': 'month_end_date >= {since}'}
) }}
-- depends_on: {{ ref('int_mrr_month_ends') }}
-- depends_on: {{ ref('int_exchange_rates_daily') }}

with items as (
    select * from {{ ref('int_mrr_item_month_ends') }}
),

customers as (
    select * from {{ ref('int_customers') }}
),

-- a sum over a missing rate is missing, never a smaller number
totalled as (
    select
        account_key,
        month_start_date,
        month_end_date,
        count(distinct subscription_id) as subscription_count,
        case when count(mrr_amount) = count(*) then sum(mrr_amount) end as mrr_amount,
        case
            when count(mrr_amount_at_month_opening_rate) = count(*)
                then sum(mrr_amount_at_month_opening_rate)
        end as mrr_amount_at_month_opening_rate
    from items
    group by account_key, month_start_date, month_end_date
),

final as (
    select
        totalled.account_key,
        totalled.month_start_date,
        totalled.month_end_date,
        coalesce(customers.channel, '(unknown)') as channel,
        coalesce(customers.region, '(unknown)') as region,
        coalesce(customers.segment, '(unknown)') as segment,
        totalled.subscription_count,
        cast(totalled.mrr_amount as decimal(18, 2)) as mrr_amount,
        cast(totalled.mrr_amount_at_month_opening_rate as decimal(18, 2))
            as mrr_amount_at_month_opening_rate,
        totalled.mrr_amount > 0 as is_active
    from totalled
    left join customers
        on totalled.account_key = customers.account_key
)

select * from final
