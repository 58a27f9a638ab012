with sales_reps as (
    select * from {{ ref('int_sales_reps_unioned') }}
),

dated as (
    select
        {{ surrogate_key(['source_system', 'sales_rep_id']) }} as sales_rep_key,
        source_system,
        sales_rep_id,
        sales_rep_name,
        team,
        region,
        manager_sales_rep_id,
        coalesce(valid_from, date '1900-01-01') as valid_from,
        coalesce(valid_to, date '9999-12-31') as valid_to,
        employed_from,
        employed_to
    from sales_reps
    where not is_deleted
),

-- one row per rep is in force on a day, whatever the source says of the end
final as (
    select
        sales_rep_key,
        source_system,
        sales_rep_id,
        sales_rep_name,
        coalesce(team, '(unknown)') as team,
        coalesce(region, '(unknown)') as region,
        manager_sales_rep_id,
        valid_from,
        least(
            valid_to, lead(valid_from) over (partition by sales_rep_key order by valid_from)
        ) as valid_to,
        employed_from,
        employed_to
    from dated
)

select * from final
