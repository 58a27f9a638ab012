with month_ends as (
    select * from {{ ref('int_mrr_month_ends') }}
),

by_customer as (
    select * from {{ ref('int_mrr_by_customer_month_ends') }}
),

periods as (
    select
        'month' as period_grain,
        month_start_date as period_start_date,
        opening_date,
        month_end_date as period_end_date
    from month_ends
    union all
    select
        'quarter' as period_grain,
        quarter_start_date as period_start_date,
        quarter_opening_date as opening_date,
        max(month_end_date) as period_end_date
    from month_ends
    group by quarter_start_date, quarter_opening_date
),

active as (
    select
        account_key,
        month_end_date,
        channel,
        region,
        segment,
        mrr_amount,
        mrr_amount_at_month_opening_rate,
        mrr_amount_at_quarter_opening_rate
    from by_customer
    where is_active
),

final as (
    select
        active_then.account_key,
        periods.period_grain,
        periods.period_start_date,
        periods.period_end_date,
        active_then.channel,
        active_then.region,
        active_then.segment,
        active_then.mrr_amount as then_amount,
        case
            when active_now.account_key is null then 0
            when periods.period_grain = 'month' then active_now.mrr_amount_at_month_opening_rate
            else active_now.mrr_amount_at_quarter_opening_rate
        end as now_amount,
        active_now.account_key is null as is_churned
    from periods
    inner join active as active_then
        on periods.opening_date = active_then.month_end_date
    left join active as active_now
        on active_then.account_key = active_now.account_key
        and periods.period_end_date = active_now.month_end_date
)

select * from final
