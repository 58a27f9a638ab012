with flows as (
    select * from {{ ref('int_pipeline_flows_daily') }}
),

final as (
    select
        {{ surrogate_key(['opportunity_key', 'flow_date', 'flow', 'flow_scope']) }} as pipeline_flow_key,
        opportunity_key,
        flow_date,
        flow,
        flow_scope,
        channel,
        region,
        segment,
        team,
        sales_rep_id,
        flow_amount as flow_amount_reporting
    from flows
)

select * from final
