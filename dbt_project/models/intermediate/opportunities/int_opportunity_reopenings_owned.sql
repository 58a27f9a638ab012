{{ config(key='opportunity_key') }}

with stage_events as (
    select * from {{ ref('int_opportunity_stage_events_sequenced') }}
),

opportunities as (
    select * from {{ ref('int_opportunities_valued') }}
),

cycles as (
    select * from {{ ref('int_opportunities_cycled') }}
),

products as (
    select * from {{ ref('int_opportunity_products_chosen') }}
),

owners as (
    select * from {{ ref('int_opportunity_owners_in_force') }}
),

sales_reps as (
    select * from {{ ref('int_sales_reps_by_validity') }}
),

final as (
    select
        stage_events.opportunity_key,
        stage_events.entered_date as reopened_date,
        opportunities.channel,
        opportunities.source,
        opportunities.campaign,
        opportunities.region,
        opportunities.segment,
        products.product_id as product,
        cycles.opportunity_type,
        opportunities.currency_code as currency,
        owners.sales_rep_id,
        coalesce(sales_reps.team, '(unknown)') as team
    from stage_events
    inner join opportunities
        on stage_events.opportunity_key = opportunities.opportunity_key
    inner join cycles
        on opportunities.opportunity_key = cycles.opportunity_key
    inner join products
        on opportunities.opportunity_key = products.opportunity_key
    inner join owners
        on stage_events.opportunity_key = owners.opportunity_key
        and stage_events.entered_date >= owners.valid_from_date
        and stage_events.entered_date < owners.valid_to_date
    left join sales_reps
        on owners.sales_rep_key = sales_reps.sales_rep_key
        and stage_events.entered_date >= sales_reps.valid_from
        and stage_events.entered_date < sales_reps.valid_to
    where stage_events.is_reopening
        and not opportunities.is_renewal
)

select * from final
