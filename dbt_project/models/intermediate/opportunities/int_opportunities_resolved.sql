{{ config(key='opportunity_id', reached={'int_opportunities_merged': 'merged_id'}) }}

with opportunities as (
    select * from {{ ref('int_opportunities_unioned') }}
),

merged as (
    select * from {{ ref('int_opportunities_merged') }}
),

run_parameters as (
    select * from {{ ref('int_run_parameters') }}
),

-- ids that vanished in a merge before they were ever loaded still occur in events and associations
known_ids as (
    select
        source_system,
        opportunity_id
    from opportunities
    union
    select
        source_system,
        merged_id as opportunity_id
    from merged
),

-- what was known on a day keeps what was deleted by then for the days before
removed as (
    select
        opportunities.source_system,
        opportunities.opportunity_id,
        opportunities.updated_at as removed_at
    from opportunities
    inner join run_parameters
        on run_parameters.known_through_date is not null
    where opportunities.is_deleted
),

together as (
    select
        known_ids.source_system,
        known_ids.opportunity_id,
        {{ surrogate_key(['known_ids.source_system', 'coalesce(merged.surviving_id, known_ids.opportunity_id)']) }}
            as opportunity_key,
        coalesce(merged.surviving_id, known_ids.opportunity_id) as surviving_id,
        merged.merged_id is not null as is_merged_away,
        merged.merged_at,
        case when merged.merged_id is null then removed.removed_at end as removed_at,
        false as is_apart
    from known_ids
    left join merged
        on known_ids.source_system = merged.source_system
        and known_ids.opportunity_id = merged.merged_id
    left join removed
        on known_ids.source_system = removed.source_system
        and known_ids.opportunity_id = removed.opportunity_id
),

survivors as (
    select distinct
        source_system,
        surviving_id
    from merged
),

-- the pipeline of what was known on a day has merged records by themselves, a loser until it was merged
apart as (
    select
        opportunities.source_system,
        opportunities.opportunity_id,
        merged.merged_id is null as is_survivor,
        coalesce(merged.merged_at, removed.removed_at) as removed_at
    from opportunities
    inner join run_parameters
        on run_parameters.known_through_date is not null
    left join merged
        on opportunities.source_system = merged.source_system
        and opportunities.opportunity_id = merged.merged_id
    left join survivors
        on opportunities.source_system = survivors.source_system
        and opportunities.opportunity_id = survivors.surviving_id
    left join removed
        on opportunities.source_system = removed.source_system
        and opportunities.opportunity_id = removed.opportunity_id
    where merged.merged_id is not null
        or survivors.surviving_id is not null
),

final as (
    select
        source_system,
        opportunity_id,
        opportunity_key,
        surviving_id,
        is_merged_away,
        merged_at,
        removed_at,
        is_apart,
        opportunity_key as counted_as_key
    from together
    union all
    select
        source_system,
        opportunity_id,
        case
            when is_survivor then {{ surrogate_key(['source_system', 'opportunity_id', "'apart'"]) }}
            else {{ surrogate_key(['source_system', 'opportunity_id']) }}
        end as opportunity_key,
        opportunity_id as surviving_id,
        false as is_merged_away,
        cast(null as {{ dbt.type_timestamp() }}) as merged_at,
        removed_at,
        true as is_apart,
        {{ surrogate_key(['source_system', 'opportunity_id']) }} as counted_as_key
    from apart
)

select * from final
