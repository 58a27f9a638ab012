{{ config(
    key='period_start_date',
    reached={'int_opportunities_in_pipeline_daily': 'snapshot_date = int_pipeline_evenings.evening_date'}
) }}

with flows as (
    select * from {{ ref('int_pipeline_closing_flows_summed') }}
),

daily as (
    select * from {{ ref('int_opportunities_in_pipeline_daily') }}
    where is_open
),

evenings as (
    select * from {{ ref('int_pipeline_evenings') }}
),

counted as (
    select
        evenings.period_grain,
        evenings.period_start_date,
        evenings.flow,
        'all' as flow_scope,
        daily.channel,
        daily.source,
        daily.campaign,
        daily.region,
        daily.segment,
        daily.product,
        daily.opportunity_type,
        daily.team,
        daily.sales_rep_id as sales_rep,
        daily.amount_reporting as amount
    from evenings
    inner join daily
        on evenings.evening_date = daily.snapshot_date
        and evenings.period_start_date <= daily.expected_close_date
        and evenings.period_end_date >= daily.expected_close_date
),

placed as (
    {{ with_all_dimensions(
        'counted',
        ['channel', 'source', 'campaign', 'region', 'segment', 'product', 'opportunity_type', 'team', 'sales_rep'],
        keep=['period_grain', 'period_start_date', 'flow', 'flow_scope', 'amount']
    ) }}
),

by_member as (
    {{ rows_by_member('placed', ['period_grain', 'period_start_date', 'flow', 'amount'], scope='flow_scope') }}
),

moved as (
    select period_grain, period_start_date, dimension, member, flow, amount
    from flows
    union all
    select period_grain, period_start_date, dimension, member, flow, amount
    from by_member
),

final as (
    select
        period_grain,
        period_start_date,
        dimension,
        member,
        cast(sum(case when flow = 'opening' then amount else 0 end) as decimal(18, 2)) as opening_amount,
        cast(sum(case when flow = 'created' then amount else 0 end) as decimal(18, 2)) as created_amount,
        cast(sum(case when flow = 'reopened' then amount else 0 end) as decimal(18, 2)) as reopened_amount,
        cast(sum(case when flow = 'pulled_in' then amount else 0 end) as decimal(18, 2)) as pulled_in_amount,
        cast(sum(case when flow = 'pushed_out' then amount else 0 end) as decimal(18, 2)) as pushed_out_amount,
        cast(sum(case when flow = 'changes' then amount else 0 end) as decimal(18, 2)) as amount_changes,
        cast(sum(case when flow = 'won' then amount else 0 end) as decimal(18, 2)) as won_amount,
        cast(sum(case when flow = 'lost' then amount else 0 end) as decimal(18, 2)) as lost_amount,
        cast(sum(case when flow = 'removed' then amount else 0 end) as decimal(18, 2)) as removed_amount,
        cast(sum(case when flow = 'fx' then amount else 0 end) as decimal(18, 2)) as fx_amount,
        cast(sum(case when flow = 'transferred_in' then amount else 0 end) as decimal(18, 2)) as transferred_in_amount,
        cast(sum(case when flow = 'transferred_out' then amount else 0 end) as decimal(18, 2))
            as transferred_out_amount,
        cast(sum(case when flow = 'closing' then amount else 0 end) as decimal(18, 2)) as closing_amount
    from moved
    group by period_grain, period_start_date, dimension, member
)

select * from final
