with quotas as (
    select * from {{ ref('int_quotas_attained') }}
    where not is_future
),

final as (
    select
        'quota_attainment' as kpi,
        period_grain,
        period_start_date,
        dimension,
        member,
        credited_amount as numerator,
        target_amount as denominator,
        credited_count as fact_count
    from quotas
)

select * from final
