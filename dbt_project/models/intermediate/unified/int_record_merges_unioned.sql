with files_record_merges as (
    select * from {{ ref('stg_files__record_merges') }}
),

final as (
    select
        files_record_merges.entity,
        files_record_merges.merged_id,
        files_record_merges.survivor_id,
        files_record_merges.merged_at,
        files_record_merges.source_system,
        files_record_merges.record_id,
        files_record_merges.updated_at,
        files_record_merges.is_deleted,
        files_record_merges.source_url
    from files_record_merges
)

select * from final
