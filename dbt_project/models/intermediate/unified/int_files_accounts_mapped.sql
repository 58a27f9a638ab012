{{ config(materialized='view') }}

with files_accounts as (
    select * from {{ ref('stg_files__accounts') }}
),

implied as (
    select * from {{ ref('int_files_names_resolved') }}
    where entity = 'accounts' and is_implied
),

owner_names as (
    select * from {{ ref('int_files_names_resolved') }}
    where entity = 'sales_reps'
),

final as (
    select
        files_accounts.account_id,
        files_accounts.account_name,
        files_accounts.domain,
        files_accounts.parent_account_id,
        files_accounts.country_code,
        files_accounts.region,
        files_accounts.segment,
        files_accounts.industry,
        files_accounts.employee_count,
        files_accounts.external_id,
        coalesce(files_accounts.owner_sales_rep_id, owner_names.resolved_id) as owner_sales_rep_id,
        files_accounts.created_at,
        files_accounts.source_system,
        files_accounts.record_id,
        files_accounts.updated_at,
        files_accounts.is_deleted,
        files_accounts.source_url
    from files_accounts
    left join owner_names
        on
            files_accounts.source_system = owner_names.source_system
            and {{ comparable_text('files_accounts.owner_name') }} = owner_names.name_key
    union all
    select
        implied.resolved_id as account_id,
        implied.thing_name as account_name,
        cast(null as {{ dbt.type_string() }}) as domain,
        cast(null as {{ dbt.type_string() }}) as parent_account_id,
        cast(null as {{ dbt.type_string() }}) as country_code,
        cast(null as {{ dbt.type_string() }}) as region,
        cast(null as {{ dbt.type_string() }}) as segment,
        cast(null as {{ dbt.type_string() }}) as industry,
        cast(null as bigint) as employee_count,
        cast(null as {{ dbt.type_string() }}) as external_id,
        cast(null as {{ dbt.type_string() }}) as owner_sales_rep_id,
        cast(null as timestamp) as created_at,
        implied.source_system,
        implied.resolved_id as record_id,
        cast(null as timestamp) as updated_at,
        false as is_deleted,
        cast(null as {{ dbt.type_string() }}) as source_url
    from implied
)

select * from final
