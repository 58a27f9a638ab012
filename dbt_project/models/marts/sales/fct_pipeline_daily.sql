{{ config(
    key='opportunity_key',
    fingerprints='int_pipeline_inputs_fingerprinted',
    grows='snapshot_date',
    on_days={'int_opportunities_in_pipeline_daily': 'snapshot_date >= {since}'}
) }}
-- depends_on: {{ ref('int_run_parameters') }}
-- depends_on: {{ ref('int_exchange_rates_daily') }}

with daily as (
    select * from {{ ref('int_opportunities_in_pipeline_daily') }}
    where is_open
),

opportunities as (
    select * from {{ ref('int_opportunities_remembered') }}
),

final as (
    select
        opportunities.counted_as_key as opportunity_key,
        daily.snapshot_date,
        daily.stage_key,
        opportunities.product_key,
        daily.sales_rep_key as owner_sales_rep_key,
        daily.team as owner_team,
        daily.channel,
        daily.region,
        daily.segment,
        daily.opportunity_type,
        daily.is_renewal,
        daily.currency_code,
        daily.amount as pipeline_amount,
        daily.exchange_rate,
        daily.amount_reporting as pipeline_amount_reporting,
        daily.probability,
        daily.weighted_amount_reporting,
        daily.expected_close_date,
        coalesce(daily.expected_close_date < daily.snapshot_date, false) as is_past_due,
        daily.probability is null as is_probability_missing,
        cast(1 as integer) as open_count
    from daily
    inner join opportunities
        on daily.opportunity_key = opportunities.opportunity_key
)

select * from final
