{{ config(adds=['int_pipeline_flows_daily'], sums=['numerator']) }}

with flows as (
    select * from {{ ref('int_pipeline_flows_daily') }}
),

named (flow, kpi) as (
    values
    ('created', 'pipeline_created_amount'),
    ('reopened', 'pipeline_reopened_amount'),
    ('changes', 'pipeline_amount_changes'),
    ('won', 'pipeline_won_amount'),
    ('lost', 'pipeline_lost_amount'),
    ('fx', 'pipeline_fx_amount'),
    ('removed', 'pipeline_removed_amount'),
    ('transferred_in', 'pipeline_transferred_in_amount'),
    ('transferred_out', 'pipeline_transferred_out_amount')
),

final as (
    select
        named.kpi,
        flows.flow_date as component_date,
        flows.channel,
        flows.source,
        flows.campaign,
        flows.region,
        flows.segment,
        flows.product,
        flows.opportunity_type,
        flows.team,
        flows.sales_rep_id as sales_rep,
        flows.flow_scope as component_scope,
        cast(sum(flows.flow_amount) as decimal(38, 6)) as numerator,
        cast(null as decimal(38, 6)) as denominator,
        count(*) as row_count
    from flows
    inner join named
        on flows.flow = named.flow
    group by
        named.kpi,
        flows.flow_date,
        flows.channel,
        flows.source,
        flows.campaign,
        flows.region,
        flows.segment,
        flows.product,
        flows.opportunity_type,
        flows.team,
        flows.sales_rep_id,
        flows.flow_scope
)

select * from final
