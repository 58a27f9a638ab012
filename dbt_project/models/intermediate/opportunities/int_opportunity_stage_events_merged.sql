{{ config(
    key='opportunity_key',
    reached={
        'int_opportunity_stage_events_unioned': 'int_opportunities_resolved.opportunity_id',
        'int_opportunities_unioned': 'int_opportunities_resolved.opportunity_id'
    }
) }}

with stage_events as (
    select * from {{ ref('int_opportunity_stage_events_unioned') }}
),

opportunities as (
    select * from {{ ref('int_opportunities_unioned') }}
),

resolved as (
    select * from {{ ref('int_opportunities_resolved') }}
    where not is_apart
),

parted as (
    select * from {{ ref('int_opportunity_stage_events_parted') }}
),

-- a source deletes the history with the record: that of a loser of a merge belongs to the survivor, and what was known
-- on a day had the deleted ones before
told as (
    select
        resolved.opportunity_key,
        resolved.source_system,
        resolved.surviving_id,
        resolved.opportunity_id,
        resolved.is_merged_away,
        resolved.merged_at,
        stage_events.stage_id,
        stage_events.entered_at,
        stage_events.is_deleted
        and not resolved.is_merged_away
        and resolved.removed_at is null as is_deleted
    from stage_events
    inner join resolved
        on stage_events.source_system = resolved.source_system
        and stage_events.opportunity_id = resolved.opportunity_id
    where not resolved.is_merged_away
        or stage_events.entered_at <= resolved.merged_at
),

own as (
    select
        opportunity_key,
        source_system,
        surviving_id,
        stage_id,
        entered_at,
        row_number() over (partition by opportunity_key order by entered_at, stage_id) as event_rank
    from told
    where not is_merged_away
        and not is_deleted
),

with_events as (
    select distinct
        source_system,
        opportunity_id
    from told
),

-- a loser without a history was there from its creation on, and stood where the survivor began
begun as (
    select
        own.opportunity_key,
        own.source_system,
        own.surviving_id,
        own.stage_id,
        min(opportunities.created_at) as entered_at
    from own
    inner join resolved
        on own.opportunity_key = resolved.opportunity_key
        and resolved.is_merged_away
    inner join opportunities
        on resolved.source_system = opportunities.source_system
        and resolved.opportunity_id = opportunities.opportunity_id
        and own.entered_at > opportunities.created_at
    left join with_events
        on resolved.source_system = with_events.source_system
        and resolved.opportunity_id = with_events.opportunity_id
    where own.event_rank = 1
        and with_events.opportunity_id is null
    group by own.opportunity_key, own.source_system, own.surviving_id, own.stage_id
),

-- where the survivor stood when a loser that had moved on since became a part of it
stood as (
    select
        told.opportunity_key,
        told.source_system,
        told.surviving_id,
        told.merged_at,
        max(told.entered_at) as moved_at,
        max(own.event_rank) as event_rank
    from told
    inner join own
        on told.opportunity_key = own.opportunity_key
        and told.merged_at >= own.entered_at
    where told.is_merged_away
    group by told.opportunity_key, told.source_system, told.surviving_id, told.merged_at
),

returned as (
    select
        stood.opportunity_key,
        stood.source_system,
        stood.surviving_id,
        own.stage_id,
        stood.merged_at as entered_at
    from stood
    inner join own
        on stood.opportunity_key = own.opportunity_key
        and stood.event_rank = own.event_rank
        and stood.moved_at > own.entered_at
),

-- without a history of its own the record of the survivor tells where it stands
gathered as (
    select opportunity_key, source_system, surviving_id, stage_id, entered_at, is_deleted
    from told
    where not is_merged_away
        or opportunity_key in (select own.opportunity_key from own)
    union
    select opportunity_key, source_system, surviving_id, stage_id, entered_at, false as is_deleted
    from begun
    union
    select opportunity_key, source_system, surviving_id, stage_id, entered_at, false as is_deleted
    from returned
),

final as (
    select
        opportunity_key,
        source_system,
        surviving_id as opportunity_id,
        stage_id,
        entered_at,
        is_deleted
    from gathered
    union all
    select
        opportunity_key,
        source_system,
        opportunity_id,
        stage_id,
        entered_at,
        false as is_deleted
    from parted
)

select * from final
