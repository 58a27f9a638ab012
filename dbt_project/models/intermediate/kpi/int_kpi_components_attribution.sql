with credits as (
    select * from {{ ref('int_attribution_credits_placed') }}
    where credited_amount_reporting <> 0
),

final as (
    select
        'attributed_sales_amount_' || attribution_model as kpi,
        closed_date as component_date,
        channel,
        source,
        campaign,
        region,
        segment,
        opportunity_type,
        currency,
        team,
        sales_rep,
        cast(sum(credited_amount_reporting) as decimal(38, 6)) as numerator,
        cast(null as decimal(38, 6)) as denominator,
        'all' as component_scope
    from credits
    group by
        attribution_model, closed_date, channel, source, campaign, region, segment, opportunity_type, currency, team,
        sales_rep
)

select * from final
