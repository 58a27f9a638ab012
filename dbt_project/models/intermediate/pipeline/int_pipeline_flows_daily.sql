with daily as (
    select * from {{ ref('int_opportunities_in_pipeline_daily') }}
),

opportunities as (
    select * from {{ ref('int_opportunities_valued') }}
),

stage_events as (
    select * from {{ ref('int_opportunity_stage_events_sequenced') }}
    where is_closed
        and (exited_date is null or exited_date > entered_date)
),

exchange_rates as (
    select * from {{ ref('int_exchange_rates_daily') }}
),

followed as (
    select
        *,
        lag(snapshot_date) over (partition by opportunity_key order by snapshot_date) as previous_date,
        lag(is_open) over (partition by opportunity_key order by snapshot_date) as was_open,
        lag(team) over (partition by opportunity_key order by snapshot_date) as previous_team,
        lag(sales_rep_id) over (partition by opportunity_key order by snapshot_date) as previous_sales_rep_id,
        lag(currency_code) over (partition by opportunity_key order by snapshot_date) as previous_currency_code,
        lag(amount) over (partition by opportunity_key order by snapshot_date) as previous_amount,
        lag(amount_reporting) over (partition by opportunity_key order by snapshot_date) as previous_amount_reporting
    from daily
),

-- only what was open on the evening before is there in the morning
mornings as (
    select
        *,
        coalesce(
            was_open and {{ date_diff_days('previous_date', 'snapshot_date') }} = 1, false
        ) as is_morning
    from followed
),

revalued as (
    select
        mornings.*,
        case
            when not mornings.is_morning then cast(0 as decimal(18, 2))
            when mornings.previous_amount = 0 then cast(0 as decimal(18, 2))
            else {{ to_reporting_amount('mornings.previous_amount', 'exchange_rates.rate') }}
        end as morning_amount
    from mornings
    left join exchange_rates
        on mornings.previous_currency_code = exchange_rates.currency_code
        and mornings.snapshot_date = exchange_rates.rate_date
),

-- how a day ends for what is no longer open: by the last event, without events by the record
outcomes as (
    select
        revalued.*,
        opportunities.created_date,
        coalesce(stage_events.is_won, opportunities.is_won) as is_won_that_day
    from revalued
    inner join opportunities
        on revalued.opportunity_key = opportunities.opportunity_key
    left join stage_events
        on revalued.opportunity_key = stage_events.opportunity_key
        and revalued.snapshot_date >= stage_events.entered_date
        and revalued.snapshot_date < coalesce(stage_events.exited_date, date '9999-12-31')
        and not revalued.is_open
),

flows as (
    select
        opportunity_key, snapshot_date, channel, source, campaign, region, segment, product, opportunity_type,
        previous_team as team,
        previous_sales_rep_id as sales_rep_id,
        'fx' as flow, 'all' as flow_scope, morning_amount - previous_amount_reporting as flow_amount
    from outcomes
    where is_morning
    union all
    select
        opportunity_key, snapshot_date, channel, source, campaign, region, segment, product, opportunity_type,
        team, sales_rep_id,
        'changes' as flow, 'all' as flow_scope, amount_reporting - morning_amount as flow_amount
    from outcomes
    where is_morning
    union all
    select
        opportunity_key, snapshot_date, channel, source, campaign, region, segment, product, opportunity_type,
        team, sales_rep_id,
        case when snapshot_date = created_date then 'created' else 'reopened' end as flow,
        'all' as flow_scope, amount_reporting as flow_amount
    from outcomes
    where not is_morning
    union all
    select
        opportunity_key, snapshot_date, channel, source, campaign, region, segment, product, opportunity_type,
        team, sales_rep_id,
        case when is_won_that_day then 'won' else 'lost' end as flow,
        'all' as flow_scope, amount_reporting as flow_amount
    from outcomes
    where not is_open
    union all
    select
        opportunity_key, snapshot_date, channel, source, campaign, region, segment, product, opportunity_type,
        previous_team as team, null as sales_rep_id,
        'transferred_out' as flow, 'team' as flow_scope, morning_amount as flow_amount
    from outcomes
    where is_morning and team <> previous_team
    union all
    select
        opportunity_key, snapshot_date, channel, source, campaign, region, segment, product, opportunity_type,
        team, null as sales_rep_id,
        'transferred_in' as flow, 'team' as flow_scope, morning_amount as flow_amount
    from outcomes
    where is_morning and team <> previous_team
    union all
    select
        opportunity_key, snapshot_date, channel, source, campaign, region, segment, product, opportunity_type,
        null as team,
        previous_sales_rep_id as sales_rep_id,
        'transferred_out' as flow, 'sales_rep' as flow_scope, morning_amount as flow_amount
    from outcomes
    where is_morning and sales_rep_id <> previous_sales_rep_id
    union all
    select
        opportunity_key, snapshot_date, channel, source, campaign, region, segment, product, opportunity_type,
        null as team, sales_rep_id,
        'transferred_in' as flow, 'sales_rep' as flow_scope, morning_amount as flow_amount
    from outcomes
    where is_morning and sales_rep_id <> previous_sales_rep_id
),

final as (
    select
        opportunity_key,
        snapshot_date as flow_date,
        flow,
        flow_scope,
        channel,
        source,
        campaign,
        region,
        segment,
        product,
        opportunity_type,
        team,
        sales_rep_id,
        cast(flow_amount as decimal(18, 2)) as flow_amount
    from flows
    where flow_amount <> 0
)

select * from final
