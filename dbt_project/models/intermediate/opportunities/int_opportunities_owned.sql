{{ config(
    key='opportunity_key',
    on_days={'int_opportunities_staged': 'closed_date is null'}
) }}

with opportunities as (
    select * from {{ ref('int_opportunities_staged') }}
),

owners as (
    select * from {{ ref('int_opportunity_owners_in_force') }}
),

sales_reps as (
    select * from {{ ref('int_sales_reps_by_validity') }}
),

run_parameters as (
    select * from {{ ref('int_run_parameters') }}
),

dated as (
    select
        opportunities.opportunity_key,
        opportunities.created_date,
        -- whose it is: the owner at the close, while open the owner now
        coalesce(opportunities.closed_date, run_parameters.as_of_date) as state_date
    from opportunities
    cross join run_parameters
),

final as (
    select
        dated.opportunity_key,
        dated.state_date,
        creators.sales_rep_key as created_sales_rep_key,
        creators.sales_rep_id as created_sales_rep_id,
        coalesce(creator_teams.team, '(unknown)') as created_team,
        holders.sales_rep_key as owner_sales_rep_key,
        holders.sales_rep_id as owner_sales_rep_id,
        coalesce(holder_teams.team, '(unknown)') as owner_team
    from dated
    inner join owners as creators
        on dated.opportunity_key = creators.opportunity_key
        and dated.created_date >= creators.valid_from_date
        and dated.created_date < creators.valid_to_date
    inner join owners as holders
        on dated.opportunity_key = holders.opportunity_key
        and dated.state_date >= holders.valid_from_date
        and dated.state_date < holders.valid_to_date
    left join sales_reps as creator_teams
        on creators.sales_rep_key = creator_teams.sales_rep_key
        and dated.created_date >= creator_teams.valid_from
        and dated.created_date < creator_teams.valid_to
    left join sales_reps as holder_teams
        on holders.sales_rep_key = holder_teams.sales_rep_key
        and dated.state_date >= holder_teams.valid_from
        and dated.state_date < holder_teams.valid_to
)

select * from final
