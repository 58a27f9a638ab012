with sales_reps as (
    select * from {{ ref('int_sales_reps_known') }}
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
    from sales_reps
    union all
    select
        '(unknown)' as sales_rep_key,
        '(unknown)' as source_system,
        '(unknown)' as sales_rep_id,
        '(unknown)' as sales_rep_name,
        '(unknown)' as team,
        '(unknown)' as region,
        null as manager_sales_rep_id,
        null as employed_from,
        null as employed_to
)

select * from final
