{{ config(key='account_id', reached={'stg_zendesk__organizations': 'organization_id'}) }}

with organizations as (
    select * from {{ ref('stg_zendesk__organizations') }}
),

domain_names as (
    {{ list_elements('organizations', 'domain_names', ['organization_id']) }}
),

first_domains as (
    select
        organization_id,
        element as domain
    from domain_names
    where element_number = 1
),

final as (
    select
        organizations.organization_id as account_id,
        organizations.organization_name as account_name,
        {{ comparable_text('first_domains.domain') }} as domain,
        cast(null as {{ dbt.type_string() }}) as parent_account_id,
        cast(null as {{ dbt.type_string() }}) as country_code,
        cast(null as {{ dbt.type_string() }}) as region,
        cast(null as {{ dbt.type_string() }}) as segment,
        cast(null as {{ dbt.type_string() }}) as industry,
        cast(null as bigint) as employee_count,
        organizations.external_id,
        cast(null as {{ dbt.type_string() }}) as owner_sales_rep_id,
        organizations.created_at,
        organizations.source_system,
        organizations.record_id,
        organizations.updated_at,
        organizations.is_deleted,
        cast(null as {{ dbt.type_string() }}) as source_url
    from organizations
    left join first_domains
        on organizations.organization_id = first_domains.organization_id
)

select * from final
