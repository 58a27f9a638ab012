{{ config(
    key='opportunity_id',
    reached={
        'stg_hubspot__deals': 'deal_id',
        'stg_hubspot__deal_property_history': 'deal_id'
    }
) }}

with property_history as (
    select * from {{ ref('stg_hubspot__deal_property_history') }}
    where property_name = 'dealstage'
),

deals as (
    select * from {{ ref('stg_hubspot__deals') }}
),

entries as (
    select distinct
        property_history.deal_id,
        property_history.property_value as stage_id,
        property_history.changed_at as entered_at
    from property_history
    where
        property_history.property_value is not null
        and property_history.changed_at is not null
),

final as (
    select
        entries.deal_id as opportunity_id,
        entries.stage_id,
        entries.entered_at,
        deals.source_system,
        entries.deal_id || '|' || cast(entries.entered_at as {{ dbt.type_string() }})
        || '|' || entries.stage_id as record_id,
        deals.updated_at,
        deals.is_deleted,
        deals.source_url
    from entries
    inner join deals
        on entries.deal_id = deals.deal_id
)

select * from final
