{{ config(materialized='view') }}

with deals as (
    select * from {{ ref('stg_hubspot__deals') }}
),

histories as (
    select
        deals.deal_id,
        deals.source_system,
        deals.record_id,
        'dealstage' as property_name,
        deals.stage_history as entries
    from deals
    union all
    select
        deals.deal_id,
        deals.source_system,
        deals.record_id,
        'amount' as property_name,
        deals.amount_history as entries
    from deals
    union all
    select
        deals.deal_id,
        deals.source_system,
        deals.record_id,
        'closedate' as property_name,
        deals.close_date_history as entries
    from deals
    union all
    select
        deals.deal_id,
        deals.source_system,
        deals.record_id,
        'hubspot_owner_id' as property_name,
        deals.owner_history as entries
    from deals
),

entries as (
    {{ list_elements(
        'histories',
        'entries',
        ['deal_id', 'source_system', 'record_id', 'property_name'],
        {'property_value': 'value', 'changed_at': 'timestamp'},
    ) }}
),

final as (
    select
        -- ids
        entries.deal_id,
        -- text
        entries.property_name,
        {{ clean_text('entries.property_value') }} as property_value,
        -- numbers
        entries.element_number as entry_number,
        -- timestamps
        {{ safe_timestamp('entries.changed_at') }} as changed_at,
        -- pipeline
        entries.source_system,
        entries.record_id,
        case
            when {{ safe_timestamp('entries.changed_at') }} is null
                then entries.property_name || ' changed_at=' || coalesce(entries.changed_at, '')
        end as lost_values
    from entries
)

select * from final
