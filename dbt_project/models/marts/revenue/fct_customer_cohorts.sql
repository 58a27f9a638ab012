with followed as (
    select * from {{ ref('int_customer_cohorts_followed') }}
),

inputs as (
    select * from {{ ref('int_kpi_inputs_found') }}
),

margins as (
    select * from {{ ref('int_gross_margins_dated') }}
),

contracts as (
    select is_found
    from inputs
    where input = 'subscription_periods'
),

-- what no source gives is unknown, not 0
final as (
    select
        {{ surrogate_key([
            'followed.cohort_basis', 'followed.cohort_month_date', 'followed.channel', 'followed.age_months'
        ]) }} as customer_cohort_key,
        followed.cohort_basis,
        followed.cohort_month_date,
        followed.channel,
        followed.age_months,
        followed.month_end_date,
        cast(followed.customer_count as bigint) as customer_count,
        cast(case when contracts.is_found then followed.active_customer_count end as bigint)
            as active_customer_count,
        cast(case when contracts.is_found then coalesce(followed.opening_amount, 0) end as decimal(18, 2))
            as opening_mrr_amount_reporting,
        cast(case when contracts.is_found then followed.mrr_amount end as decimal(18, 2)) as mrr_amount_reporting,
        cast(case when contracts.is_found then followed.now_amount end as decimal(18, 2))
            as net_retained_mrr_amount_reporting,
        cast(case when contracts.is_found then followed.kept_amount end as decimal(18, 2))
            as gross_retained_mrr_amount_reporting,
        cast(followed.purchasing_customer_count as bigint) as purchasing_customer_count,
        cast(followed.repeat_customer_count as bigint) as repeat_customer_count,
        cast(followed.revenue_amount as decimal(18, 2)) as revenue_to_date_amount_reporting,
        cast(
            cast(followed.revenue_amount as decimal(20, 2)) * cast(margins.gross_margin_ratio as decimal(5, 4))
            as decimal(38, 6)
        ) as margin_to_date_amount_reporting
    from followed
    cross join contracts
    left join margins
        on followed.month_end_date >= margins.valid_from
        and followed.month_end_date < margins.valid_to
)

select * from final
