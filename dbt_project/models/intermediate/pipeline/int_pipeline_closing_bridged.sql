with flows as (
    select * from {{ ref('int_pipeline_closing_flows_summed') }}
),

daily as (
    select * from {{ ref('int_opportunities_in_pipeline_daily') }}
    where is_open
),

periods as (
    select * from {{ ref('int_kpi_periods') }}
    where period_grain not in ('day', 'week')
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

stocks as (
    select
        period_grain,
        period_start_date,
        dimension,
        member,
        sum(case when flow = 'opening' then amount else 0 end) as opening_amount,
        sum(case when flow = 'closing' then amount else 0 end) as closing_amount
    from by_member
    group by period_grain, period_start_date, dimension, member
),

members as (
    select period_grain, period_start_date, dimension, member
    from flows
    union
    select period_grain, period_start_date, dimension, member
    from stocks
),

final as (
    select
        members.period_grain,
        members.period_start_date,
        members.dimension,
        members.member,
        cast(coalesce(stocks.opening_amount, 0) as decimal(18, 2)) as opening_amount,
        coalesce(flows.created_amount, 0) as created_amount,
        coalesce(flows.reopened_amount, 0) as reopened_amount,
        coalesce(flows.pulled_in_amount, 0) as pulled_in_amount,
        coalesce(flows.pushed_out_amount, 0) as pushed_out_amount,
        coalesce(flows.amount_changes, 0) as amount_changes,
        coalesce(flows.won_amount, 0) as won_amount,
        coalesce(flows.lost_amount, 0) as lost_amount,
        coalesce(flows.fx_amount, 0) as fx_amount,
        coalesce(flows.transferred_in_amount, 0) as transferred_in_amount,
        coalesce(flows.transferred_out_amount, 0) as transferred_out_amount,
        cast(coalesce(stocks.closing_amount, 0) as decimal(18, 2)) as closing_amount
    from members
    left join flows
        on members.period_grain = flows.period_grain
        and members.period_start_date = flows.period_start_date
        and members.dimension = flows.dimension
        and members.member = flows.member
    left join stocks
        on members.period_grain = stocks.period_grain
        and members.period_start_date = stocks.period_start_date
        and members.dimension = stocks.dimension
        and members.member = stocks.member
)

select * from final
