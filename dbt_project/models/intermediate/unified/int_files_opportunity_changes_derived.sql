{{ config(materialized='view') }}

with versions as (
    select * from {{ ref('int_files_opportunity_versions_mapped') }}
),

given_changes as (
    select * from {{ ref('stg_files__opportunity_changes') }}
),

fields as (
    select
        versions.source_system,
        versions.opportunity_id,
        versions.version_number,
        versions.created_at,
        versions.updated_at,
        'amount' as field,
        cast(versions.amount as {{ dbt.type_string() }}) as value
    from versions
    union all
    select
        versions.source_system,
        versions.opportunity_id,
        versions.version_number,
        versions.created_at,
        versions.updated_at,
        'currency_code' as field,
        versions.currency_code as value
    from versions
    union all
    select
        versions.source_system,
        versions.opportunity_id,
        versions.version_number,
        versions.created_at,
        versions.updated_at,
        'probability' as field,
        cast(versions.probability as {{ dbt.type_string() }}) as value
    from versions
    union all
    select
        versions.source_system,
        versions.opportunity_id,
        versions.version_number,
        versions.created_at,
        versions.updated_at,
        'expected_close_date' as field,
        cast(versions.expected_close_date as {{ dbt.type_string() }}) as value
    from versions
    union all
    select
        versions.source_system,
        versions.opportunity_id,
        versions.version_number,
        versions.created_at,
        versions.updated_at,
        'owner_sales_rep_id' as field,
        versions.owner_sales_rep_id as value
    from versions
    union all
    select
        versions.source_system,
        versions.opportunity_id,
        versions.version_number,
        versions.created_at,
        versions.updated_at,
        'account_id' as field,
        versions.account_id as value
    from versions
),

compared as (
    select
        fields.source_system,
        fields.opportunity_id,
        fields.field,
        fields.value,
        fields.version_number,
        fields.updated_at,
        case when fields.version_number = 1 then fields.created_at else fields.updated_at end as changed_at,
        lag(fields.value) over (
            partition by fields.source_system, fields.opportunity_id, fields.field
            order by fields.version_number
        ) as previous_value
    from fields
),

given_fields as (
    select distinct
        given_changes.source_system,
        given_changes.opportunity_id,
        given_changes.field
    from given_changes
),

final as (
    select
        compared.opportunity_id,
        compared.field,
        compared.value,
        compared.changed_at,
        compared.source_system,
        compared.opportunity_id || '|' || compared.field || '|'
        || cast(compared.changed_at as {{ dbt.type_string() }}) as record_id,
        compared.updated_at,
        false as is_deleted,
        cast(null as {{ dbt.type_string() }}) as source_url
    from compared
    left join given_fields
        on
            compared.source_system = given_fields.source_system
            and compared.opportunity_id = given_fields.opportunity_id
            and compared.field = given_fields.field
    where
        given_fields.field is null
        and (
            compared.version_number = 1
            or compared.value is distinct from compared.previous_value
        )
)

select * from final
