-- Months in which start + new + reactivated + expansion − contraction − churned + fx is not the end.
with monthly as (
    select * from {{ ref('fct_mrr_monthly') }}
),

movements as (
    select * from {{ ref('fct_mrr_movements') }}
),

ends as (
    select
        month_start_date,
        sum(mrr_amount_reporting) as end_amount
    from monthly
    group by month_start_date
),

flows as (
    select
        month_start_date,
        sum(
            new_amount_reporting + reactivated_amount_reporting + expansion_amount_reporting
            - contraction_amount_reporting - churned_amount_reporting + fx_amount_reporting
        ) as flow_amount
    from movements
    group by month_start_date
),

months as (
    select month_start_date from ends
    union
    select month_start_date from flows
),

bridges as (
    select
        months.month_start_date,
        coalesce(starts.end_amount, 0) as start_amount,
        coalesce(flows.flow_amount, 0) as flow_amount,
        coalesce(ends.end_amount, 0) as end_amount
    from months
    left join ends
        on months.month_start_date = ends.month_start_date
    left join flows
        on months.month_start_date = flows.month_start_date
    left join ends as starts
        on months.month_start_date = {{ date_add_months('starts.month_start_date', 1) }}
)

select
    month_start_date,
    start_amount,
    flow_amount,
    end_amount,
    end_amount - start_amount - flow_amount as difference_amount
from bridges
where end_amount <> start_amount + flow_amount
