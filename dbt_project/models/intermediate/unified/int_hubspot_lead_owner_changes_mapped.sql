{{ config(
    key='lead_id',
    reached={
        'stg_hubspot__contacts': 'contact_id',
        'stg_hubspot__contact_property_history': 'contact_id',
    },
) }}

with property_history as (
    select * from {{ ref('stg_hubspot__contact_property_history') }}
    where property_name = 'hubspot_owner_id'
        and changed_at is not null
),

-- Of several entries of one instant the newest, first in the history, is in force.
ranked as (
    select
        contact_id,
        property_value,
        changed_at,
        source_system,
        row_number() over (partition by contact_id, changed_at order by entry_number) as entry_rank
    from property_history
),

final as (
    select
        contact_id as lead_id,
        property_value as owner_sales_rep_id,
        changed_at,
        source_system
    from ranked
    where entry_rank = 1
)

select * from final
