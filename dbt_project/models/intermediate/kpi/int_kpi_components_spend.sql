with cost_lines as (
    select * from {{ ref('int_cost_lines_unioned') }}
),

final as (
    select
        'marketing_spend_amount' as kpi,
        cost_date as component_date,
        coalesce(channel, '(unknown)') as channel,
        cast(sum(shared_amount_reporting) as decimal(38, 6)) as numerator,
        cast(null as decimal(38, 6)) as denominator,
        'all' as component_scope
    from cost_lines
    where cac_level = 'paid'
    group by cost_date, channel
)

select * from final
