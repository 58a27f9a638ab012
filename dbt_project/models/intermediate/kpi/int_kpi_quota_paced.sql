with quotas as (
    select * from {{ ref('int_quotas_attained') }}
    where not is_future
        and target_amount <> 0
        and days_elapsed > 0
),

final as (
    select
        'quota_pace' as kpi,
        period_grain,
        period_start_date,
        dimension,
        member,
        cast(credited_amount as double) / cast(target_amount as double)
        / (cast(days_elapsed as double) / cast(days_in_all as double)) as value,
        credited_count as fact_count
    from quotas
)

select * from final
