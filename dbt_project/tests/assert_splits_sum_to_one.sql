{{ config(severity='warn') }}
-- Opportunities whose split ratios do not sum to 1; their credits are shared in proportion.
with splits as (
    select * from {{ ref('int_opportunity_splits_unioned') }}
)

select
    source_system,
    opportunity_id,
    sum(split_ratio) as split_ratio
from splits
where not is_deleted
group by source_system, opportunity_id
having sum(split_ratio) <> 1
