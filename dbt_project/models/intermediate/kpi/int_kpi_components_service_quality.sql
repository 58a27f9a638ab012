with tickets as (
    select * from {{ ref('int_tickets_measured') }}
),

-- a ticket is nobody's in sales; its count still belongs to one member of every dimension
final as (
    select
        'data_quality_negative_durations' as kpi,
        first_solved_date as component_date,
        '(unknown)' as channel,
        '(unknown)' as source,
        '(unknown)' as campaign,
        region,
        segment,
        '(unknown)' as product,
        '(unknown)' as opportunity_type,
        '(unknown)' as currency,
        '(unknown)' as team,
        '(unknown)' as sales_rep,
        'all' as component_scope,
        cast(count(*) as decimal(38, 6)) as numerator,
        cast(null as decimal(38, 6)) as denominator
    from tickets
    where first_solved_at < first_customer_message_at
    group by first_solved_date, region, segment
)

select * from final
