{{ config(key='account_id', reached={'stg_stripe__customers': 'customer_id'}) }}

with customers as (
    select * from {{ ref('stg_stripe__customers') }}
),

value_mappings as (
    select * from {{ ref('stg_meta__value_mappings') }}
),

-- which metadata key names the company in the CRM
configured_keys as (
    select min(source_value) as metadata_key
    from value_mappings
    where source_system = 'stripe'
        and column_name = 'external_id'
),

metadata_keys as (
    select coalesce(metadata_key, 'hubspot_company_id') as metadata_key
    from configured_keys
),

final as (
    select
        customers.customer_id as account_id,
        customers.customer_name as account_name,
        {{ email_domain('customers.email') }} as domain,
        cast(null as {{ dbt.type_string() }}) as parent_account_id,
        customers.country_code,
        cast(null as {{ dbt.type_string() }}) as region,
        cast(null as {{ dbt.type_string() }}) as segment,
        cast(null as {{ dbt.type_string() }}) as industry,
        cast(null as bigint) as employee_count,
        {{ json_member('customers.metadata', 'metadata_keys.metadata_key') }} as external_id,
        cast(null as {{ dbt.type_string() }}) as owner_sales_rep_id,
        customers.created_at,
        customers.source_system,
        customers.record_id,
        customers.updated_at,
        customers.is_deleted,
        cast(null as {{ dbt.type_string() }}) as source_url
    from customers
    cross join metadata_keys
)

select * from final
