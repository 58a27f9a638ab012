{{ config(adds=['int_pipeline_flows_daily'], sums=['amount']) }}

with flows as (
    select * from {{ ref('int_pipeline_flows_daily') }}
    where counted_close_date is not null
),

calendar_periods as (
    select * from {{ ref('int_calendar_periods') }}
    where period_grain not in ('day', 'week')
),

periods as (
    select
        calendar_date,
        period_grain,
        period_start_date,
        {{ period_end('period_grain', 'period_start_date') }} as period_end_date
    from calendar_periods
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
    inner join periods
        on flows.flow_date = periods.calendar_date
        and flows.counted_close_date >= periods.period_start_date
        and flows.counted_close_date <= periods.period_end_date
    where flows.other_close_date is null
        or flows.other_close_date < periods.period_start_date
        or flows.other_close_date > periods.period_end_date
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
        flow,
        cast(sum(amount) as decimal(18, 2)) as amount,
        count(*) as row_count
    from by_member
    group by period_grain, period_start_date, dimension, member, flow
)

select * from final
