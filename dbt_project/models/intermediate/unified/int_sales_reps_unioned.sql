with files_sales_reps as (
    select * from {{ ref('int_files_sales_reps_mapped') }}
),

hubspot_sales_reps as (
    select * from {{ ref('int_hubspot_sales_reps_mapped') }}
),

final as (
    select
        files_sales_reps.sales_rep_id,
        files_sales_reps.sales_rep_name,
        files_sales_reps.email,
        files_sales_reps.team,
        files_sales_reps.region,
        files_sales_reps.manager_sales_rep_id,
        files_sales_reps.valid_from,
        files_sales_reps.valid_to,
        files_sales_reps.employed_from,
        files_sales_reps.employed_to,
        files_sales_reps.source_system,
        files_sales_reps.record_id,
        files_sales_reps.updated_at,
        files_sales_reps.is_deleted,
        files_sales_reps.source_url
    from files_sales_reps
    union all
    select
        hubspot_sales_reps.sales_rep_id,
        hubspot_sales_reps.sales_rep_name,
        hubspot_sales_reps.email,
        hubspot_sales_reps.team,
        hubspot_sales_reps.region,
        hubspot_sales_reps.manager_sales_rep_id,
        hubspot_sales_reps.valid_from,
        hubspot_sales_reps.valid_to,
        hubspot_sales_reps.employed_from,
        hubspot_sales_reps.employed_to,
        hubspot_sales_reps.source_system,
        hubspot_sales_reps.record_id,
        hubspot_sales_reps.updated_at,
        hubspot_sales_reps.is_deleted,
        hubspot_sales_reps.source_url
    from hubspot_sales_reps
)

select * from final
