{{ config(
    adds=['int_pipeline_flows_daily', 'int_opportunities_in_pipeline_daily'],
    sums=[
        'opening_amount', 'created_amount', 'reopened_amount', 'pulled_in_amount', 'pushed_out_amount',
        'amount_changes', 'won_amount', 'lost_amount', 'fx_amount', 'transferred_in_amount',
        'transferred_out_amount', 'closing_amount'
    ]
) }}

with flows as (
    select * from {{ ref('int_pipeline_flows_daily') }}
    where counted_close_date is not null
),

daily as (
    select * from {{ ref('int_opportunities_in_pipeline_daily') }}
    where is_open
),

periods as (
    select * from {{ ref('int_kpi_periods') }}
    where period_grain not in ('day', 'week')
),

calendar_periods as (
    select * from {{ ref('int_calendar_periods') }}
),

evenings as (
    select
        'opening' as flow,
        period_grain,
        period_start_date,
        period_end_date,
        {{ date_add_days('period_start_date', -1) }} as evening_date
    from periods
    union all
    select
        'closing' as flow,
        period_grain,
        period_start_date,
        period_end_date,
        closing_date as evening_date
    from periods
),

-- what moves within the period has not moved for it
counted as (
    select
        periods.period_grain,
        periods.period_start_date,
        flows.flow,
        flows.flow_scope,
        flows.channel,
        flows.source,
        flows.campaign,
        flows.region,
        flows.segment,
        flows.product,
        flows.opportunity_type,
        flows.team,
        flows.sales_rep_id as sales_rep,
        flows.flow_amount as amount
    from flows
    inner join calendar_periods
        on flows.flow_date = calendar_periods.calendar_date
    inner join periods
        on calendar_periods.period_grain = periods.period_grain
        and calendar_periods.period_start_date = periods.period_start_date
        and flows.counted_close_date >= periods.period_start_date
        and flows.counted_close_date <= periods.period_end_date
    where flows.other_close_date is null
        or flows.other_close_date < periods.period_start_date
        or flows.other_close_date > periods.period_end_date
    union all
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
        cast(sum(case when flow = 'fx' then amount else 0 end) as decimal(18, 2)) as fx_amount,
        cast(sum(case when flow = 'transferred_in' then amount else 0 end) as decimal(18, 2)) as transferred_in_amount,
        cast(sum(case when flow = 'transferred_out' then amount else 0 end) as decimal(18, 2))
            as transferred_out_amount,
        cast(sum(case when flow = 'closing' then amount else 0 end) as decimal(18, 2)) as closing_amount,
        count(*) as row_count
    from by_member
    group by period_grain, period_start_date, dimension, member
)

select * from final
