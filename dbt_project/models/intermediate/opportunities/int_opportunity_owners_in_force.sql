{{ config(key='opportunity_key') }}

with opportunities as (
    select * from {{ ref('int_opportunities_kept') }}
),

values_in_force as (
    select * from {{ ref('int_opportunity_values_in_force') }}
),

sales_reps as (
    select * from {{ ref('int_sales_reps_by_validity') }}
),

owners as (
    select
        opportunities.opportunity_key,
        opportunities.source_system,
        opportunities.opportunity_id,
        values_in_force.value as sales_rep_id,
        values_in_force.valid_from_date,
        values_in_force.valid_to_date
    from opportunities
    inner join values_in_force
        on opportunities.opportunity_key = values_in_force.opportunity_key
    where values_in_force.field = 'owner_sales_rep_id'
    union all
    select
        opportunities.opportunity_key,
        opportunities.source_system,
        opportunities.opportunity_id,
        opportunities.owner_sales_rep_id as sales_rep_id,
        date '1900-01-01' as valid_from_date,
        date '9999-12-31' as valid_to_date
    from opportunities
    left join values_in_force
        on opportunities.opportunity_key = values_in_force.opportunity_key
        and values_in_force.field = 'owner_sales_rep_id'
    where values_in_force.opportunity_key is null
),

known_reps as (
    select distinct
        sales_rep_key,
        source_system,
        sales_rep_id
    from sales_reps
),

final as (
    select
        owners.opportunity_key,
        owners.opportunity_id,
        coalesce(known_reps.sales_rep_key, '(unknown)') as sales_rep_key,
        coalesce(known_reps.sales_rep_id, '(unknown)') as sales_rep_id,
        owners.valid_from_date,
        owners.valid_to_date
    from owners
    left join known_reps
        on owners.source_system = known_reps.source_system
        and owners.sales_rep_id = known_reps.sales_rep_id
)

select * from final
