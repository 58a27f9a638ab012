-- Records that are merged, through whatever chain, into themselves.
with recursive merges as (
    select * from {{ ref('int_record_merges_unioned') }}
),

walks as (
    select source_system, entity, merged_id as start_id, survivor_id as reached_id
    from merges
    where not is_deleted
    union
    select walks.source_system, walks.entity, walks.start_id, merges.survivor_id as reached_id
    from walks
    inner join merges
        on walks.source_system = merges.source_system
        and walks.entity = merges.entity
        and walks.reached_id = merges.merged_id
    where not merges.is_deleted
)

select source_system, entity, start_id
from walks
where start_id = reached_id
