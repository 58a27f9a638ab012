{{ config(
    key='opportunity_key',
    fingerprints='int_pipeline_inputs_fingerprinted',
    grows='flow_date',
    on_days={'int_pipeline_days_followed': 'snapshot_date >= {since}'}
) }}
-- depends_on: {{ ref('int_run_parameters') }}
-- depends_on: {{ ref('int_exchange_rates_daily') }}

with days as (
    select * from {{ ref('int_pipeline_days_followed') }}
),

moved as (
    select
        *,
        is_morning
        and coalesce(previous_expected_close_date, date '1900-01-01')
        <> coalesce(expected_close_date, date '1900-01-01') as is_moved
    from days
),

-- revalued and handed over where it was expected, moved, then changed and closed where it is expected now
flows as (
    select
        opportunity_key, snapshot_date, channel, source, campaign, region, segment, product, opportunity_type,
        previous_team as team,
        previous_sales_rep_id as sales_rep_id,
        'fx' as flow, 'all' as flow_scope,
        previous_expected_close_date as counted_close_date, null as other_close_date,
        morning_amount_reporting - previous_amount_reporting as flow_amount
    from moved
    where is_morning
    union all
    select
        opportunity_key, snapshot_date, channel, source, campaign, region, segment, product, opportunity_type,
        previous_team as team, null as sales_rep_id,
        'transferred_out' as flow, 'team' as flow_scope,
        previous_expected_close_date as counted_close_date, null as other_close_date,
        morning_amount_reporting as flow_amount
    from moved
    where is_morning and team <> previous_team
    union all
    select
        opportunity_key, snapshot_date, channel, source, campaign, region, segment, product, opportunity_type,
        team, null as sales_rep_id,
        'transferred_in' as flow, 'team' as flow_scope,
        previous_expected_close_date as counted_close_date, null as other_close_date,
        morning_amount_reporting as flow_amount
    from moved
    where is_morning and team <> previous_team
    union all
    select
        opportunity_key, snapshot_date, channel, source, campaign, region, segment, product, opportunity_type,
        null as team,
        previous_sales_rep_id as sales_rep_id,
        'transferred_out' as flow, 'sales_rep' as flow_scope,
        previous_expected_close_date as counted_close_date, null as other_close_date,
        morning_amount_reporting as flow_amount
    from moved
    where is_morning and sales_rep_id <> previous_sales_rep_id
    union all
    select
        opportunity_key, snapshot_date, channel, source, campaign, region, segment, product, opportunity_type,
        null as team, sales_rep_id,
        'transferred_in' as flow, 'sales_rep' as flow_scope,
        previous_expected_close_date as counted_close_date, null as other_close_date,
        morning_amount_reporting as flow_amount
    from moved
    where is_morning and sales_rep_id <> previous_sales_rep_id
    union all
    select
        opportunity_key, snapshot_date, channel, source, campaign, region, segment, product, opportunity_type,
        team, sales_rep_id,
        'pushed_out' as flow, 'all' as flow_scope,
        previous_expected_close_date as counted_close_date, expected_close_date as other_close_date,
        morning_amount_reporting as flow_amount
    from moved
    where is_moved
    union all
    select
        opportunity_key, snapshot_date, channel, source, campaign, region, segment, product, opportunity_type,
        team, sales_rep_id,
        'pulled_in' as flow, 'all' as flow_scope,
        expected_close_date as counted_close_date, previous_expected_close_date as other_close_date,
        morning_amount_reporting as flow_amount
    from moved
    where is_moved
    union all
    select
        opportunity_key, snapshot_date, channel, source, campaign, region, segment, product, opportunity_type,
        team, sales_rep_id,
        'changes' as flow, 'all' as flow_scope,
        expected_close_date as counted_close_date, null as other_close_date,
        amount_reporting - morning_amount_reporting as flow_amount
    from moved
    where is_morning
    union all
    select
        opportunity_key, snapshot_date, channel, source, campaign, region, segment, product, opportunity_type,
        team, sales_rep_id,
        case when is_creation then 'created' else 'reopened' end as flow, 'all' as flow_scope,
        expected_close_date as counted_close_date, null as other_close_date,
        amount_reporting as flow_amount
    from moved
    where not is_morning
    union all
    select
        opportunity_key, snapshot_date, channel, source, campaign, region, segment, product, opportunity_type,
        team, sales_rep_id,
        case when is_removed_that_day then 'removed' when is_won_that_day then 'won' else 'lost' end as flow,
        'all' as flow_scope,
        expected_close_date as counted_close_date, null as other_close_date,
        amount_reporting as flow_amount
    from moved
    where not is_open
),

final as (
    select
        opportunity_key,
        snapshot_date as flow_date,
        flow,
        flow_scope,
        counted_close_date,
        other_close_date,
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
