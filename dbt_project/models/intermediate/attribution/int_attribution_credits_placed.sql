{{ config(key='opportunity_key', reached={'int_touches_completed': 'int_attribution_credits_split.touch_key'}) }}

with credits as (
    select * from {{ ref('int_attribution_credits_split') }}
),

touches as (
    select * from {{ ref('int_touches_completed') }}
),

opportunities as (
    select * from {{ ref('int_opportunities_valued') }}
),

cycles as (
    select * from {{ ref('int_opportunities_cycled') }}
),

final as (
    select
        credits.opportunity_key,
        credits.attribution_model,
        credits.touch_number,
        credits.closed_date,
        credits.channel,
        case
            when credits.touch_key is null then '(unattributed)' else coalesce(touches.source, '(unknown)')
        end as source,
        case
            when credits.touch_key is null then '(unattributed)' else coalesce(credits.campaign_id, '(unknown)')
        end as campaign,
        opportunities.region,
        opportunities.segment,
        cycles.opportunity_type,
        opportunities.currency_code as currency,
        opportunities.owner_team as team,
        opportunities.owner_sales_rep_id as sales_rep,
        credits.credited_amount_reporting
    from credits
    inner join opportunities
        on credits.opportunity_key = opportunities.opportunity_key
    inner join cycles
        on credits.opportunity_key = cycles.opportunity_key
    left join touches
        on credits.touch_key = touches.touch_key
)

select * from final
