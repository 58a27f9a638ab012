-- Won opportunities whose credits to sales reps do not add up to their amount.
with credits as (
    select * from {{ ref('int_opportunity_credits_split') }}
),

opportunities as (
    select * from {{ ref('fct_opportunities') }}
),

credited as (
    select
        opportunity_key,
        sum(credited_amount_reporting) as credited_amount
    from credits
    group by opportunity_key
)

select
    opportunities.opportunity_id,
    opportunities.opportunity_amount_reporting,
    credited.credited_amount
from opportunities
left join credited
    on opportunities.opportunity_key = credited.opportunity_key
where opportunities.is_won
    and credited.credited_amount is distinct from opportunities.opportunity_amount_reporting
