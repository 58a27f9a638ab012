{{ config(key='account_id', reached={'stg_hubspot__companies': 'company_id'}) }}

with companies as (
    select * from {{ ref('stg_hubspot__companies') }}
),

final as (
    select
        companies.company_id as account_id,
        companies.company_name as account_name,
        companies.domain,
        companies.parent_company_id as parent_account_id,
        coalesce(
            upper(companies.country_region_code),
            case when length(companies.country) = 2 then upper(companies.country) end
        ) as country_code,
        companies.region,
        companies.segment,
        companies.industry,
        companies.employee_count,
        cast(null as {{ dbt.type_string() }}) as external_id,
        companies.owner_id as owner_sales_rep_id,
        companies.created_at,
        companies.source_system,
        companies.record_id,
        companies.updated_at,
        companies.is_deleted,
        companies.source_url
    from companies
)

select * from final
