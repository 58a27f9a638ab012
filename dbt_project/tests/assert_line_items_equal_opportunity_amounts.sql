-- Opportunities whose lines and rest do not add up to their amount.
with line_items as (
    select * from {{ ref('fct_opportunity_line_items') }}
),

opportunities as (
    select * from {{ ref('fct_opportunities') }}
),

summed as (
    select
        opportunity_key,
        sum(line_amount) as line_amount,
        sum(line_amount_reporting) as line_amount_reporting
    from line_items
    group by opportunity_key
)

select
    opportunities.opportunity_id,
    opportunities.opportunity_amount,
    summed.line_amount,
    opportunities.opportunity_amount_reporting,
    summed.line_amount_reporting
from opportunities
left join summed
    on opportunities.opportunity_key = summed.opportunity_key
where summed.line_amount is distinct from opportunities.opportunity_amount
    or summed.line_amount_reporting is distinct from opportunities.opportunity_amount_reporting
