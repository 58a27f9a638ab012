-- Opportunities whose split ratios do not sum to 1. A ratio has six decimals, so a third is a millionth short at most.
with splits as (
    select * from {{ ref('int_opportunity_splits_unioned') }}
),

opportunities as (
    select * from {{ ref('int_opportunities_kept') }}
)

select
    splits.source_system,
    splits.opportunity_id,
    count(*) as split_count,
    sum(splits.split_ratio) as split_ratio
from splits
inner join opportunities
    on splits.source_system = opportunities.source_system
    and splits.opportunity_id = opportunities.opportunity_id
where not splits.is_deleted
group by splits.source_system, splits.opportunity_id
having abs(sum(splits.split_ratio) - 1) > count(*) * cast(0.000001 as decimal(9, 6))
