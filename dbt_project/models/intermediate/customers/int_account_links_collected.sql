with chosen_links as (
    select * from {{ ref('int_account_links_chosen') }}
),

merge_log as (
    select * from {{ ref('int_record_merges_unioned') }}
),

run_parameters as (
    select * from {{ ref('int_run_parameters') }}
),

merge_links as (
    select
        {{ surrogate_key(['merge_log.source_system', 'merge_log.merged_id']) }} as record_key,
        {{ surrogate_key(['merge_log.source_system', 'merge_log.survivor_id']) }} as linked_record_key
    from merge_log
    inner join run_parameters
        on {{ reporting_date('merge_log.merged_at') }} <= run_parameters.as_of_date
    where merge_log.entity = 'accounts'
        and not merge_log.is_deleted
),

links as (
    select record_key, linked_record_key from chosen_links
    union
    select record_key, linked_record_key from merge_links
),

final as (
    select
        record_key,
        linked_record_key
    from links
    union
    select
        linked_record_key as record_key,
        record_key as linked_record_key
    from links
)

select * from final
