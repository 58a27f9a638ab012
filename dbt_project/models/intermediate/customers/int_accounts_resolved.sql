with accounts as (
    select * from {{ ref('int_account_records') }}
),

groups as (
    select * from {{ ref('int_account_groups_connected') }}
),

grouped as (
    select
        accounts.record_key,
        accounts.source_system,
        accounts.account_id,
        coalesce(groups.group_key, accounts.record_key) as group_key,
        accounts.is_merged_away,
        accounts.is_in_crm,
        accounts.created_at
    from accounts
    left join groups
        on accounts.record_key = groups.record_key
),

-- the survivor of the merge_log, in the CRM before other systems, then the earliest
ranked as (
    select
        record_key,
        source_system,
        account_id,
        group_key,
        row_number() over (
            partition by group_key
            order by
                case when is_merged_away then 1 else 0 end,
                case when is_in_crm then 0 else 1 end,
                coalesce(created_at, timestamp '9999-12-31 00:00:00'),
                account_id,
                source_system
        ) as record_rank
    from grouped
),

survivors as (
    select
        group_key,
        record_key as account_key
    from ranked
    where record_rank = 1
),

final as (
    select
        ranked.record_key,
        ranked.source_system,
        ranked.account_id,
        survivors.account_key,
        ranked.record_rank
    from ranked
    inner join survivors
        on ranked.group_key = survivors.group_key
)

select * from final
