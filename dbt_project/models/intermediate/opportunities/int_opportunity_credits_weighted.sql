{{ config(
    key='opportunity_key', reached={'int_opportunity_splits_unioned': 'int_opportunities_resolved.opportunity_id'}
) }}

with opportunities as (
    select * from {{ ref('int_opportunities_valued') }}
),

splits as (
    select * from {{ ref('int_opportunity_splits_unioned') }}
),

resolved as (
    select * from {{ ref('int_opportunities_resolved') }}
),

sales_reps as (
    select * from {{ ref('int_sales_reps_known') }}
),

-- shares make up a whole: of merged records one list of them counts
ranked as (
    select
        resolved.opportunity_key,
        resolved.source_system,
        splits.sales_rep_id,
        splits.split_ratio,
        {{ rank_of_merged_list() }} as list_rank
    from splits
    inner join resolved
        on splits.source_system = resolved.source_system
        and splits.opportunity_id = resolved.opportunity_id
    where splits.split_ratio > 0
        and not splits.is_deleted
),

valid_splits as (
    select
        splits.opportunity_key,
        splits.sales_rep_id as split_name,
        coalesce(sales_reps.sales_rep_key, '(unknown)') as sales_rep_key,
        coalesce(sales_reps.sales_rep_id, '(unknown)') as sales_rep_id,
        cast(splits.split_ratio * 1000000 as decimal(18, 0)) as weight
    from ranked as splits
    left join sales_reps
        on splits.source_system = sales_reps.source_system
        and splits.sales_rep_id = sales_reps.sales_rep_id
    where splits.list_rank = 1
),

-- without splits the owner at the close has all of it
final as (
    select
        opportunities.opportunity_key,
        opportunities.closed_date,
        coalesce(valid_splits.split_name, opportunities.owner_sales_rep_id) as split_name,
        coalesce(valid_splits.sales_rep_key, opportunities.owner_sales_rep_key) as sales_rep_key,
        coalesce(valid_splits.sales_rep_id, opportunities.owner_sales_rep_id) as sales_rep_id,
        coalesce(valid_splits.weight, 1) as weight,
        {{ amount_in_units('opportunities.amount_reporting') }} as units
    from opportunities
    left join valid_splits
        on opportunities.opportunity_key = valid_splits.opportunity_key
    where opportunities.is_won
)

select * from final
