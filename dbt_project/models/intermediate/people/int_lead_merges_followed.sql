with recursive merge_log as (
    select * from {{ ref('int_record_merges_unioned') }}
    where entity = 'leads' and not is_deleted
),

leads as (
    select * from {{ ref('int_leads_unioned') }}
),

-- 90 steps, as Spark allows no more than a hundred; a cycle fails the build by a test of its own
walks as (
    select source_system, merged_id, survivor_id, 1 as step
    from merge_log
    union all
    select
        walks.source_system,
        walks.merged_id,
        merge_log.survivor_id,
        walks.step + 1 as step
    from walks
    inner join merge_log
        on walks.source_system = merge_log.source_system
        and walks.survivor_id = merge_log.merged_id
    where walks.step < 90
),

ends as (
    select
        walks.source_system,
        walks.merged_id,
        walks.survivor_id
    from walks
    left join merge_log as later_merges
        on walks.source_system = later_merges.source_system
        and walks.survivor_id = later_merges.merged_id
    where later_merges.merged_id is null
),

-- a survivor that was never loaded may have got a new id: nothing says that it is gone
final as (
    select
        ends.source_system,
        ends.merged_id,
        {{ is_any('not coalesce(leads.is_deleted, false)') }} as has_survivor
    from ends
    left join leads
        on ends.source_system = leads.source_system
        and ends.survivor_id = leads.lead_id
    group by ends.source_system, ends.merged_id
)

select * from final
