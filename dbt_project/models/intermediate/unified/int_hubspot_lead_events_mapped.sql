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

history as (
    select * from {{ ref('stg_hubspot__contact_property_history') }}
),

value_mappings as (
    select * from {{ ref('stg_meta__value_mappings') }}
    where
        source_system = 'hubspot'
        and entity = 'lead_events'
        and column_name = 'event_type'
),

meanings as (
    select {{ comparable_text('source_value') }} as property_value, unified_value as meaning
    from value_mappings
),

property_history as (
    select
        history.contact_id,
        history.property_name,
        history.property_value,
        history.changed_at,
        history.entry_number,
        meanings.meaning
    from history
    left join meanings
        on {{ comparable_text('history.property_value') }} = meanings.property_value
),

stage_entries as (
    select
        contact_id,
        meaning,
        {{ hubspot_lifecycle_rank('property_value', 'meaning') }} as stage_rank,
        changed_at,
        entry_number
    from property_history
    where property_name = 'lifecyclestage'
),

-- HubSpot empties the stage before it sets an earlier one; stages outside the lifecycle say nothing.
ordered_entries as (
    select
        contact_id,
        meaning,
        stage_rank,
        changed_at,
        lag(stage_rank) over (
            partition by contact_id
            order by changed_at asc, entry_number desc
        ) as previous_rank
    from stage_entries
    where stage_rank is not null or meaning is not null
),

-- the lead stage or a later one: of the lifecycle, or of a lead status that the configuration gives such a meaning
first_lead_entries as (
    select
        contact_id,
        min(changed_at) as changed_at
    from property_history
    where case property_name
        when 'lifecyclestage' then {{ hubspot_lifecycle_rank('property_value', 'meaning') }} >= 1
        when 'hs_lead_status' then meaning in ('lead', 'mql', 'sql')
    end
    group by contact_id
),

-- Portals whose history cannot be read still show the last entry into each stage.
stages_entered as (
    select contact_id, 'lead' as lifecycle_stage, 'lead' as event_type, lead_entered_at as occurred_at
    from contacts
    where lifecycle_stage_history is null
    union all
    select contact_id, 'marketingqualifiedlead' as lifecycle_stage, 'mql' as event_type, mql_entered_at as occurred_at
    from contacts
    where lifecycle_stage_history is null
    union all
    select contact_id, 'salesqualifiedlead' as lifecycle_stage, 'sql' as event_type, sql_entered_at as occurred_at
    from contacts
    where lifecycle_stage_history is null
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
        case
            when ordered_entries.meaning in ('mql', 'sql', 'recycled', 'disqualified') then ordered_entries.meaning
            when ordered_entries.stage_rank = 2 then 'mql'
            when ordered_entries.stage_rank = 3 then 'sql'
            else 'recycled'
        end as event_type,
        ordered_entries.changed_at as occurred_at
    from ordered_entries
    where
        ordered_entries.meaning in ('mql', 'sql', 'recycled', 'disqualified')
        or ordered_entries.stage_rank in (2, 3)
        or (ordered_entries.stage_rank < 2 and ordered_entries.previous_rank >= 2)
    union all
    select
        property_history.contact_id,
        coalesce(property_history.meaning, 'disqualified') as event_type,
        property_history.changed_at as occurred_at
    from property_history
    where
        property_history.property_name = 'hs_lead_status'
        and (
            property_history.meaning is not null
            or {{ comparable_text('property_history.property_value') }} = 'unqualified'
        )
    union all
    select
        stages_entered.contact_id,
        coalesce(meanings.meaning, stages_entered.event_type) as event_type,
        stages_entered.occurred_at
    from stages_entered
    left join meanings
        on stages_entered.lifecycle_stage = meanings.property_value
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
