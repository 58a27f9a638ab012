{{ config(
    key='opportunity_key',
    fingerprints='int_pipeline_inputs_fingerprinted',
    grows='flow_date',
    on_days={'int_pipeline_flows_daily': 'flow_date >= {since}'}
) }}
-- depends_on: {{ ref('int_run_parameters') }}
-- depends_on: {{ ref('int_exchange_rates_daily') }}

with flows as (
    select * from {{ ref('int_pipeline_flows_daily') }}
    where flow not in ('pulled_in', 'pushed_out')
),

opportunities as (
    select * from {{ ref('int_opportunities_remembered') }}
),

final as (
    select
        {{ surrogate_key(['opportunities.counted_as_key', 'flows.flow_date', 'flows.flow', 'flows.flow_scope']) }}
            as pipeline_flow_key,
        opportunities.counted_as_key as opportunity_key,
        flows.flow_date,
        flows.flow,
        flows.flow_scope,
        flows.channel,
        flows.region,
        flows.segment,
        flows.team,
        flows.sales_rep_id,
        flows.flow_amount as flow_amount_reporting,
        opportunities.source_url
    from flows
    inner join opportunities
        on flows.opportunity_key = opportunities.opportunity_key
)

select * from final
