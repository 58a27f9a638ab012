with merge_log as (
    select * from {{ ref('int_record_merges_unioned') }}
),

run_parameters as (
    select * from {{ ref('int_run_parameters') }}
),

in_force as (
    select
        merge_log.source_system,
        merge_log.merged_id,
        max(merge_log.survivor_id) as survivor_id,
        max(merge_log.merged_at) as merged_at
    from merge_log
    inner join run_parameters
        on {{ reporting_date('merge_log.merged_at') }} <= run_parameters.as_of_date
    where merge_log.entity = 'opportunities'
        and not merge_log.is_deleted
    group by merge_log.source_system, merge_log.merged_id
),

-- each step doubles the merges that are followed: sixteen in all, and no recursion, which engines write differently
followed_2 as (
    {{ followed_merges('in_force') }}
),

followed_4 as (
    {{ followed_merges('followed_2') }}
),

followed_8 as (
    {{ followed_merges('followed_4') }}
),

followed_16 as (
    {{ followed_merges('followed_8') }}
),

final as (
    select
        source_system,
        merged_id,
        survivor_id as surviving_id,
        merged_at
    from followed_16
)

select * from final
