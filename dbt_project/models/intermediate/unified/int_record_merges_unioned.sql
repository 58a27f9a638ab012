{{ config(key='record_id') }}

with files_record_merges as (
    select * from {{ ref('stg_files__record_merges') }}
),

hubspot_record_merges as (
    select * from {{ ref('int_hubspot_record_merges_mapped') }}
),

final as (
    select
        files_record_merges.entity,
        files_record_merges.merged_id,
        {{ surrogate_key(['files_record_merges.source_system', 'files_record_merges.merged_id']) }}
            as merged_record_key,
        files_record_merges.survivor_id,
        files_record_merges.merged_at,
        files_record_merges.source_system,
        files_record_merges.record_id,
        files_record_merges.updated_at,
        files_record_merges.is_deleted,
        files_record_merges.source_url
    from files_record_merges
    union all
    select
        hubspot_record_merges.entity,
        hubspot_record_merges.merged_id,
        {{ surrogate_key(['hubspot_record_merges.source_system', 'hubspot_record_merges.merged_id']) }}
            as merged_record_key,
        hubspot_record_merges.survivor_id,
        hubspot_record_merges.merged_at,
        hubspot_record_merges.source_system,
        hubspot_record_merges.record_id,
        hubspot_record_merges.updated_at,
        hubspot_record_merges.is_deleted,
        hubspot_record_merges.source_url
    from hubspot_record_merges
)

select * from final
