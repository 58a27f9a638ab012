with sales_reps as (
    select * from {{ ref('int_sales_reps_by_validity') }}
),

run_parameters as (
    select * from {{ ref('int_run_parameters') }}
),

-- the row in force on the as-of date, else the newest before it, else the first after it
ranked as (
    select
        sales_reps.sales_rep_key,
        sales_reps.source_system,
        sales_reps.sales_rep_id,
        sales_reps.sales_rep_name,
        sales_reps.team,
        sales_reps.region,
        sales_reps.manager_sales_rep_id,
        sales_reps.employed_from,
        sales_reps.employed_to,
        row_number() over (
            partition by sales_reps.sales_rep_key
            order by
                case when sales_reps.valid_from <= run_parameters.as_of_date then 0 else 1 end,
                abs({{ date_diff_days('sales_reps.valid_from', 'run_parameters.as_of_date') }})
        ) as validity_rank
    from sales_reps
    cross join run_parameters
),

final as (
    select
        sales_rep_key,
        source_system,
        sales_rep_id,
        sales_rep_name,
        team,
        region,
        manager_sales_rep_id,
        employed_from,
        employed_to
    from ranked
    where validity_rank = 1
)

select * from final
