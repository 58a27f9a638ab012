{{ config(materialized='view') }}

with files_sales_reps as (
    select * from {{ ref('stg_files__sales_reps') }}
),

implied as (
    select * from {{ ref('int_files_names_resolved') }}
    where entity = 'sales_reps' and is_implied
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
        implied.resolved_id as sales_rep_id,
        implied.thing_name as sales_rep_name,
        cast(null as {{ dbt.type_string() }}) as email,
        cast(null as {{ dbt.type_string() }}) as team,
        cast(null as {{ dbt.type_string() }}) as region,
        cast(null as {{ dbt.type_string() }}) as manager_sales_rep_id,
        date '1900-01-01' as valid_from,
        cast(null as date) as valid_to,
        cast(null as date) as employed_from,
        cast(null as date) as employed_to,
        implied.source_system,
        implied.resolved_id as record_id,
        cast(null as timestamp) as updated_at,
        false as is_deleted,
        cast(null as {{ dbt.type_string() }}) as source_url
    from implied
)

select * from final
