{{ config(
    key='opportunity_key',
    reached={'int_people': 'person_key = int_opportunities_valued.primary_person_key'},
    on_days={'int_opportunities_valued': dated('expected_close_date')}
) }}

with opportunities as (
    select * from {{ ref('int_opportunities_valued') }}
),

cycles as (
    select * from {{ ref('int_opportunities_cycled') }}
),

people as (
    select * from {{ ref('int_people') }}
),

products as (
    select * from {{ ref('int_opportunity_products_chosen') }}
),

pauses as (
    select * from {{ ref('int_opportunities_paused') }}
),

purchases as (
    select * from {{ ref('int_purchases_ranked') }}
),

run_parameters as (
    select * from {{ ref('int_run_parameters') }}
),

final as (
    select
        opportunities.opportunity_key,
        opportunities.source_system,
        opportunities.opportunity_id,
        opportunities.opportunity_name,
        cycles.opportunity_type,
        opportunities.pipeline_id,
        opportunities.stage_key,
        opportunities.customer_key,
        people.person_key as lead_key,
        products.product_key,
        opportunities.owner_sales_rep_key,
        opportunities.owner_team,
        opportunities.created_sales_rep_key,
        opportunities.created_team,
        opportunities.channel,
        opportunities.region,
        opportunities.segment,
        opportunities.lost_reason,
        opportunities.currency_code,
        opportunities.amount as opportunity_amount,
        opportunities.amount_reporting as opportunity_amount_reporting,
        opportunities.amount_crm_reporting as opportunity_amount_crm_reporting,
        opportunities.exchange_rate,
        cast(1 as integer) as opportunity_count,
        cast(case when opportunities.is_closed then 0 else 1 end as integer) as open_count,
        cast(case when opportunities.is_won and not opportunities.is_credit then 1 else 0 end as integer)
            as won_count,
        cast(case
            when opportunities.is_closed and not opportunities.is_won and not opportunities.is_credit then 1
            else 0
        end as integer) as lost_count,
        cast(case when opportunities.is_won and opportunities.is_credit then 1 else 0 end as integer)
            as credit_count,
        cast(case when purchases.purchase_number > 1 then 1 else 0 end as integer) as repeat_purchase_count,
        cast(opportunities.reopened_count as integer) as reopened_count,
        cast(cycles.sales_cycle_days as integer) as sales_cycle_days,
        cast(cycles.opportunity_cycle_days as integer) as opportunity_cycle_days,
        cast(cycles.opportunity_cycle_days - coalesce(pauses.closed_days, 0) as integer) as active_days,
        opportunities.is_renewal,
        opportunities.is_closed,
        opportunities.is_won,
        opportunities.is_credit,
        opportunities.is_amount_missing,
        opportunities.amount = 0 and not opportunities.is_amount_missing as is_amount_zero,
        not opportunities.is_closed
        and coalesce(opportunities.expected_close_date < run_parameters.as_of_date, false) as is_past_due,
        coalesce(opportunities.crm_close_date <> opportunities.closing_event_date, false)
            as has_close_date_difference,
        opportunities.created_date,
        cycles.cycle_start_date,
        opportunities.expected_close_date,
        opportunities.closed_date,
        opportunities.crm_close_date,
        opportunities.closing_event_date,
        opportunities.source_url
    from opportunities
    cross join run_parameters
    inner join cycles
        on opportunities.opportunity_key = cycles.opportunity_key
    inner join products
        on opportunities.opportunity_key = products.opportunity_key
    left join people
        on opportunities.primary_person_key = people.person_key
        and people.is_counted_lead
    left join pauses
        on opportunities.opportunity_key = pauses.opportunity_key
    left join purchases
        on opportunities.opportunity_key = purchases.opportunity_key
)

select * from final
