with recursive chosen_links as (
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

one_way_links as (
    select record_key, linked_record_key from chosen_links
    union
    select record_key, linked_record_key from merge_links
),

links as (
    select record_key, linked_record_key from one_way_links
    union
    select linked_record_key as record_key, record_key as linked_record_key from one_way_links
),

-- the smallest key of a group travels along the links; every key on its way is larger than it
reached as (
    select
        record_key,
        record_key as group_key
    from links
    union
    select
        links.linked_record_key as record_key,
        reached.group_key
    from reached
    inner join links
        on reached.record_key = links.record_key
    where reached.group_key < links.linked_record_key
),

final as (
    select
        record_key,
        min(group_key) as group_key
    from reached
    group by record_key
)

select * from final
