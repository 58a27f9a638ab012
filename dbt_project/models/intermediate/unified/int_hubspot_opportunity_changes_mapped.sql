{{ config(
    key='opportunity_id',
    reached={
        'stg_hubspot__deals': 'deal_id',
        'stg_hubspot__deal_property_history': 'deal_id'
    }
) }}

with property_history as (
    select * from {{ ref('stg_hubspot__deal_property_history') }}
    where property_name in ('amount', 'closedate', 'hubspot_owner_id')
),

deals as (
    select * from {{ ref('stg_hubspot__deals') }}
),

-- Of several entries of one instant the newest, first in the history, is in force.
ranked as (
    select
        property_history.deal_id,
        property_history.property_name,
        property_history.property_value,
        property_history.changed_at,
        row_number() over (
            partition by
                property_history.deal_id,
                property_history.property_name,
                property_history.changed_at
            order by property_history.entry_number
        ) as entry_rank
    from property_history
    where property_history.changed_at is not null
),

translated as (
    select
        ranked.deal_id,
        ranked.changed_at,
        case ranked.property_name
            when 'amount' then 'amount'
            when 'closedate' then 'expected_close_date'
            else 'owner_sales_rep_id'
        end as field,
        case ranked.property_name
            when 'amount'
                then cast({{ safe_decimal('ranked.property_value', 18, 4) }} as {{ dbt.type_string() }})
            when 'closedate'
                then cast(
                    {{ reporting_date(safe_timestamp('ranked.property_value')) }} as {{ dbt.type_string() }}
                )
            else ranked.property_value
        end as value
    from ranked
    where ranked.entry_rank = 1
),

final as (
    select
        translated.deal_id as opportunity_id,
        translated.field,
        translated.value,
        translated.changed_at,
        deals.source_system,
        translated.deal_id || '|' || translated.field || '|'
        || cast(translated.changed_at as {{ dbt.type_string() }}) as record_id,
        deals.updated_at,
        deals.is_deleted,
        deals.source_url
    from translated
    inner join deals
        on translated.deal_id = deals.deal_id
)

select * from final
