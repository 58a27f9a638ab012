with cohorts as (
    select * from {{ ref('int_customer_cohorts_formed') }}
),

retained as (
    select * from {{ ref('int_customer_cohorts_retained') }}
),

earned as (
    select * from {{ ref('int_customer_cohorts_earned') }}
),

calendar_days as (
    select * from {{ ref('int_calendar_days') }}
),

run_parameters as (
    select * from {{ ref('int_run_parameters') }}
),

-- a month that is still running has not been lived through
months_over as (
    select
        calendar_days.month_start_date,
        calendar_days.month_end_date
    from calendar_days
    inner join run_parameters
        on calendar_days.calendar_date <= run_parameters.as_of_date
    where calendar_days.calendar_date = calendar_days.month_end_date
),

sizes as (
    select
        cohort_basis,
        cohort_month_date,
        channel,
        count(*) as customer_count
    from cohorts
    group by cohort_basis, cohort_month_date, channel
),

final as (
    select
        sizes.cohort_basis,
        sizes.cohort_month_date,
        sizes.channel,
        cast({{ date_diff_months('sizes.cohort_month_date', 'months_over.month_start_date') }} as integer)
            as age_months,
        months_over.month_end_date,
        sizes.customer_count,
        coalesce(retained.active_customer_count, 0) as active_customer_count,
        sum(
            case when months_over.month_start_date = sizes.cohort_month_date then retained.now_amount end
        ) over (partition by sizes.cohort_basis, sizes.cohort_month_date, sizes.channel) as opening_amount,
        case when retained.cohort_basis is null then 0 else retained.mrr_amount end as mrr_amount,
        case when retained.cohort_basis is null then 0 else retained.now_amount end as now_amount,
        case when retained.cohort_basis is null then 0 else retained.kept_amount end as kept_amount,
        coalesce(earned.purchasing_customer_count, 0) as purchasing_customer_count,
        sum(coalesce(earned.repeat_customer_count, 0)) over (
            partition by sizes.cohort_basis, sizes.cohort_month_date, sizes.channel
            order by months_over.month_end_date
            rows between unbounded preceding and current row
        ) as repeat_customer_count,
        sum(coalesce(earned.revenue_amount_reporting, 0)) over (
            partition by sizes.cohort_basis, sizes.cohort_month_date, sizes.channel
            order by months_over.month_end_date
            rows between unbounded preceding and current row
        ) as revenue_amount
    from sizes
    inner join months_over
        on sizes.cohort_month_date <= months_over.month_start_date
    left join retained
        on sizes.cohort_basis = retained.cohort_basis
        and sizes.cohort_month_date = retained.cohort_month_date
        and sizes.channel = retained.channel
        and months_over.month_end_date = retained.month_end_date
    left join earned
        on sizes.cohort_basis = earned.cohort_basis
        and sizes.cohort_month_date = earned.cohort_month_date
        and sizes.channel = earned.channel
        and months_over.month_start_date = earned.month_start_date
)

select * from final
