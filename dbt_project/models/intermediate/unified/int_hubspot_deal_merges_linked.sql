with merge_log as (
    select * from {{ ref('int_hubspot_record_merges_mapped') }}
    where entity = 'opportunities'
),

final as (
    select
        merged_id as record_key,
        survivor_id as linked_record_key
    from merge_log
    union
    select
        survivor_id as record_key,
        merged_id as linked_record_key
    from merge_log
)

select * from final
