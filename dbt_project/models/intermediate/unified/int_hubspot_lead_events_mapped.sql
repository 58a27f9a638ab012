{{ config(
    key='lead_id',
    reached={
        'stg_hubspot__contacts': 'contact_id',
        'stg_hubspot__contact_property_history': 'contact_id',
    },
) }}

with contacts as (
    select * from {{ ref('stg_hubspot__contacts') }}
),

property_history as (
    select * from {{ ref('stg_hubspot__contact_property_history') }}
),

status_mappings as (
    select * from {{ ref('stg_meta__value_mappings') }}
    where
        source_system = 'hubspot'
        and entity = 'lead_events'
        and column_name = 'event_type'
),

-- HubSpot empties the stage before it sets an earlier one; stages outside the lifecycle say nothing.
stage_entries as (
    select
        property_history.contact_id,
        property_history.property_value as lifecycle_stage,
        {{ hubspot_lifecycle_rank('property_history.property_value') }} as stage_rank,
        property_history.changed_at,
        property_history.entry_number
    from property_history
    where
        property_history.property_name = 'lifecyclestage'
        and {{ hubspot_lifecycle_rank('property_history.property_value') }} is not null
),

ordered_entries as (
    select
        stage_entries.contact_id,
        stage_entries.lifecycle_stage,
        stage_entries.stage_rank,
        stage_entries.changed_at,
        lag(stage_entries.stage_rank) over (
            partition by stage_entries.contact_id
            order by stage_entries.changed_at asc, stage_entries.entry_number desc
        ) as previous_rank
    from stage_entries
),

first_lead_entries as (
    select
        ordered_entries.contact_id,
        min(ordered_entries.changed_at) as changed_at
    from ordered_entries
    where ordered_entries.stage_rank >= 1
    group by ordered_entries.contact_id
),

-- Portals whose history cannot be read still show the last entry into each stage.
contacts_without_history as (
    select
        contacts.contact_id,
        contacts.lead_entered_at,
        contacts.mql_entered_at,
        contacts.sql_entered_at
    from contacts
    where contacts.lifecycle_stage_history is null
),

events as (
    select
        first_lead_entries.contact_id,
        'lead' as event_type,
        first_lead_entries.changed_at as occurred_at
    from first_lead_entries
    union all
    select
        ordered_entries.contact_id,
        case ordered_entries.stage_rank when 2 then 'mql' when 3 then 'sql' else 'recycled' end as event_type,
        ordered_entries.changed_at as occurred_at
    from ordered_entries
    where
        ordered_entries.stage_rank in (2, 3)
        or (ordered_entries.stage_rank < 2 and ordered_entries.previous_rank >= 2)
    union all
    select
        property_history.contact_id,
        coalesce(status_mappings.unified_value, 'disqualified') as event_type,
        property_history.changed_at as occurred_at
    from property_history
    left join status_mappings
        on
            {{ comparable_text('property_history.property_value') }}
            = {{ comparable_text('status_mappings.source_value') }}
    where
        property_history.property_name = 'hs_lead_status'
        and (
            status_mappings.unified_value is not null
            or {{ comparable_text('property_history.property_value') }} = 'unqualified'
        )
    union all
    select
        contacts_without_history.contact_id,
        'lead' as event_type,
        contacts_without_history.lead_entered_at as occurred_at
    from contacts_without_history
    where contacts_without_history.lead_entered_at is not null
    union all
    select
        contacts_without_history.contact_id,
        'mql' as event_type,
        contacts_without_history.mql_entered_at as occurred_at
    from contacts_without_history
    where contacts_without_history.mql_entered_at is not null
    union all
    select
        contacts_without_history.contact_id,
        'sql' as event_type,
        contacts_without_history.sql_entered_at as occurred_at
    from contacts_without_history
    where contacts_without_history.sql_entered_at is not null
),

distinct_events as (
    select distinct
        events.contact_id,
        events.event_type,
        events.occurred_at
    from events
    where events.occurred_at is not null
),

final as (
    select
        {{ surrogate_key([
            'distinct_events.contact_id', 'distinct_events.event_type', 'distinct_events.occurred_at'
        ]) }} as lead_event_id,
        distinct_events.contact_id as lead_id,
        distinct_events.event_type,
        distinct_events.occurred_at,
        cast(null as {{ dbt.type_string() }}) as sales_rep_id,
        contacts.source_system,
        {{ surrogate_key([
            'distinct_events.contact_id', 'distinct_events.event_type', 'distinct_events.occurred_at'
        ]) }} as record_id,
        contacts.updated_at,
        -- an archived contact's events stay: it may be a merged loser whose history still counts
        false as is_deleted,
        contacts.source_url
    from distinct_events
    inner join contacts
        on distinct_events.contact_id = contacts.contact_id
)

select * from final
