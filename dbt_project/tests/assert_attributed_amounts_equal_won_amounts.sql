-- Won opportunities whose credits to touches do not add up to their amount in every model.
with credits as (
    select * from {{ ref('fct_attribution') }}
),

opportunities as (
    select * from {{ ref('fct_opportunities') }}
),

models (attribution_model) as (
    values ('first_touch'), ('last_touch'), ('linear'), ('position_based'), ('time_decay')
),

credited as (
    select
        opportunity_key,
        attribution_model,
        sum(credited_amount_reporting) as credited_amount
    from credits
    group by opportunity_key, attribution_model
)

select
    opportunities.opportunity_id,
    models.attribution_model,
    opportunities.opportunity_amount_reporting,
    credited.credited_amount
from opportunities
cross join models
left join credited
    on opportunities.opportunity_key = credited.opportunity_key
    and models.attribution_model = credited.attribution_model
where opportunities.is_won
    and not opportunities.is_renewal
    and opportunities.opportunity_amount > 0
    and credited.credited_amount is distinct from opportunities.opportunity_amount_reporting
