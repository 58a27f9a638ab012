-- Records that are merged, through whatever chain, into themselves.
with recursive merge_log as (
    select * from {{ ref('int_record_merges_unioned') }}
),

walks as (
    select source_system, entity, merged_id as start_id, survivor_id as reached_id, 1 as step
    from merge_log
    where not is_deleted
    union all
    select
        walks.source_system,
        walks.entity,
        walks.start_id,
        merge_log.survivor_id as reached_id,
        walks.step + 1 as step
    from walks
    inner join merge_log
        on walks.source_system = merge_log.source_system
        and walks.entity = merge_log.entity
        and walks.reached_id = merge_log.merged_id
    where not merge_log.is_deleted
        and walks.start_id <> walks.reached_id
        and walks.step < 90
)

select distinct source_system, entity, start_id
from walks
where start_id = reached_id
