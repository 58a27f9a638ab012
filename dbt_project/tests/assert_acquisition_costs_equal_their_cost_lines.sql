-- Cost lines whose parts (allocated, of others, outside acquisition) do not add up to the line in both currencies.
with acquisition_costs as (
    select * from {{ ref('fct_acquisition_costs') }}
),

cost_lines as (
    select * from {{ ref('int_cost_lines_unioned') }}
),

parts as (
    select
        cost_line_key,
        sum(cost_amount_reporting) as parts_amount,
        sum(cost_amount) as parts_original_amount
    from acquisition_costs
    group by cost_line_key
)

select
    cost_lines.cost_source,
    cost_lines.record_id,
    cost_lines.amount_reporting,
    parts.parts_amount,
    cost_lines.amount,
    parts.parts_original_amount
from cost_lines
left join parts
    on cost_lines.cost_line_key = parts.cost_line_key
where parts.parts_amount is distinct from cost_lines.amount_reporting
    or parts.parts_original_amount is distinct from cost_lines.amount
