{{ config(key='opportunity_id', reached={'int_hubspot_associations_unpacked': 'from_id'}) }}

with associations as (
    select * from {{ ref('int_hubspot_associations_unpacked') }}
    where association = 'deal_contacts'
),

final as (
    select
        associations.from_id as opportunity_id,
        associations.to_id as lead_id,
        associations.is_primary,
        cast(null as {{ dbt.type_string() }}) as role,
        'hubspot' as source_system,
        associations.from_id || '|' || associations.to_id as record_id,
        associations.updated_at,
        false as is_deleted,
        cast(null as {{ dbt.type_string() }}) as source_url
    from associations
)

select * from final
