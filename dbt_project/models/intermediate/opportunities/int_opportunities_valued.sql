{{ config(
    key='opportunity_key',
    on_days={'int_opportunities_owned': dated('state_date')}
) }}

with opportunities as (
    select * from {{ ref('int_opportunities_kept') }}
),

placed as (
    select * from {{ ref('int_opportunities_placed') }}
),

owned as (
    select * from {{ ref('int_opportunities_owned') }}
),

exchange_rates as (
    select * from {{ ref('int_exchange_rates_daily') }}
),

final as (
    select
        opportunities.opportunity_key,
        opportunities.source_system,
        opportunities.opportunity_id,
        opportunities.opportunity_name,
        opportunities.opportunity_type,
        opportunities.pipeline_id,
        placed.primary_person_key,
        placed.account_key,
        placed.customer_key,
        placed.channel,
        placed.source,
        placed.campaign,
        placed.region,
        placed.segment,
        owned.created_sales_rep_key,
        owned.created_sales_rep_id,
        owned.created_team,
        owned.owner_sales_rep_key,
        owned.owner_sales_rep_id,
        owned.owner_team,
        placed.stage_key,
        opportunities.currency_code,
        opportunities.amount,
        opportunities.amount_crm_reporting,
        opportunities.probability,
        owned.state_date as rate_date,
        exchange_rates.rate as exchange_rate,
        case
            when opportunities.amount = 0 then cast(0 as decimal(18, 2))
            else {{ to_reporting_amount('opportunities.amount', 'exchange_rates.rate') }}
        end as amount_reporting,
        opportunities.is_amount_missing,
        opportunities.is_renewal,
        placed.has_stage_events,
        placed.is_closed,
        placed.is_won,
        -- a closed opportunity with a negative amount gives money back; it is no deal
        placed.is_closed and opportunities.amount < 0 as is_credit,
        placed.reopened_count,
        placed.contact_lead_date,
        placed.contact_first_touch_date,
        placed.created_date,
        placed.closed_date,
        placed.closing_event_date,
        placed.closing_at,
        opportunities.crm_close_date,
        opportunities.expected_close_date,
        opportunities.lost_reason,
        opportunities.source_url
    from opportunities
    inner join placed
        on opportunities.opportunity_key = placed.opportunity_key
    inner join owned
        on opportunities.opportunity_key = owned.opportunity_key
    left join exchange_rates
        on opportunities.currency_code = exchange_rates.currency_code
        and owned.state_date = exchange_rates.rate_date
    where opportunities.removed_date is null
        and not opportunities.is_apart
)

select * from final
