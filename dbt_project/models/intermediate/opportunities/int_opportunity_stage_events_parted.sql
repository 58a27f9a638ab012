{{ config(
    key='opportunity_key',
    reached={'int_opportunity_stage_events_unioned': 'int_opportunities_resolved.opportunity_id'}
) }}

with stage_events as (
    select * from {{ ref('int_opportunity_stage_events_unioned') }}
),

resolved as (
    select * from {{ ref('int_opportunities_resolved') }}
),

-- the records of a deal, and when each of them became a part of another one: the survivor never
records as (
    select
        source_system,
        opportunity_id,
        opportunity_key as group_key,
        coalesce(merged_at, timestamp '9999-12-31 00:00:00') as left_at
    from resolved
    where not is_apart
),

told as (
    select
        apart.opportunity_key,
        apart.source_system,
        apart.opportunity_id,
        records.group_key,
        records.left_at,
        stage_events.stage_id,
        stage_events.entered_at
    from resolved as apart
    inner join records
        on apart.source_system = records.source_system
        and apart.opportunity_id = records.opportunity_id
    inner join stage_events
        on apart.source_system = stage_events.source_system
        and apart.opportunity_id = stage_events.opportunity_id
        and records.left_at >= stage_events.entered_at
    where apart.is_apart
        and (not stage_events.is_deleted or apart.removed_at is not null)
),

-- a source may copy the history of what was merged into the record that stays: the first to leave had it
dated as (
    select
        told.*,
        min(told.left_at) over (partition by told.group_key, told.stage_id, told.entered_at) as first_left_at
    from told
),

joined as (
    select
        told.opportunity_key,
        max(records.left_at) as joined_at
    from told
    inner join records
        on told.group_key = records.group_key
        and told.left_at > records.left_at
    group by told.opportunity_key
),

-- from there on it stands where its whole history says
stood as (
    select
        told.opportunity_key,
        told.source_system,
        told.opportunity_id,
        told.stage_id,
        joined.joined_at as entered_at,
        row_number() over (
            partition by told.opportunity_key order by told.entered_at desc, told.stage_id desc
        ) as event_rank
    from told
    inner join joined
        on told.opportunity_key = joined.opportunity_key
        and told.entered_at <= joined.joined_at
),

final as (
    select
        opportunity_key,
        source_system,
        opportunity_id,
        stage_id,
        entered_at
    from dated
    where left_at = first_left_at
    union
    select
        opportunity_key,
        source_system,
        opportunity_id,
        stage_id,
        entered_at
    from stood
    where event_rank = 1
)

select * from final
