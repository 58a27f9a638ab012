{{ config(key='lead_id', reached={'stg_zendesk__users': 'user_id'}) }}

with users as (
    select * from {{ ref('stg_zendesk__users') }}
),

-- who only ever asked for help is a person, not a lead
final as (
    select
        user_id as lead_id,
        email,
        organization_id as account_id,
        created_at,
        cast(null as {{ dbt.type_string() }}) as source,
        cast(null as {{ dbt.type_string() }}) as source_detail,
        cast(null as {{ dbt.type_string() }}) as campaign_id,
        cast(null as {{ dbt.type_string() }}) as country_code,
        cast(null as {{ dbt.type_string() }}) as region,
        cast(null as {{ dbt.type_string() }}) as segment,
        cast(null as {{ dbt.type_string() }}) as owner_sales_rep_id,
        false as is_lead,
        source_system,
        record_id,
        updated_at,
        is_deleted,
        cast(null as {{ dbt.type_string() }}) as source_url
    from users
    where role = 'end-user'
)

select * from final
