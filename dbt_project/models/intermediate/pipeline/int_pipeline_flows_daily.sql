with days as (
    select * from {{ ref('int_pipeline_days_followed') }}
),

flows as (
    select
        opportunity_key, snapshot_date, channel, source, campaign, region, segment, product, opportunity_type,
        previous_team as team,
        previous_sales_rep_id as sales_rep_id,
        'fx' as flow, 'all' as flow_scope, morning_amount_reporting - previous_amount_reporting as flow_amount
    from days
    where is_morning
    union all
    select
        opportunity_key, snapshot_date, channel, source, campaign, region, segment, product, opportunity_type,
        team, sales_rep_id,
        'changes' as flow, 'all' as flow_scope, amount_reporting - morning_amount_reporting as flow_amount
    from days
    where is_morning
    union all
    select
        opportunity_key, snapshot_date, channel, source, campaign, region, segment, product, opportunity_type,
        team, sales_rep_id,
        case when is_creation then 'created' else 'reopened' end as flow,
        'all' as flow_scope, amount_reporting as flow_amount
    from days
    where not is_morning
    union all
    select
        opportunity_key, snapshot_date, channel, source, campaign, region, segment, product, opportunity_type,
        team, sales_rep_id,
        case when is_won_that_day then 'won' else 'lost' end as flow,
        'all' as flow_scope, amount_reporting as flow_amount
    from days
    where not is_open
    union all
    select
        opportunity_key, snapshot_date, channel, source, campaign, region, segment, product, opportunity_type,
        previous_team as team, null as sales_rep_id,
        'transferred_out' as flow, 'team' as flow_scope, morning_amount_reporting as flow_amount
    from days
    where is_morning and team <> previous_team
    union all
    select
        opportunity_key, snapshot_date, channel, source, campaign, region, segment, product, opportunity_type,
        team, null as sales_rep_id,
        'transferred_in' as flow, 'team' as flow_scope, morning_amount_reporting as flow_amount
    from days
    where is_morning and team <> previous_team
    union all
    select
        opportunity_key, snapshot_date, channel, source, campaign, region, segment, product, opportunity_type,
        null as team,
        previous_sales_rep_id as sales_rep_id,
        'transferred_out' as flow, 'sales_rep' as flow_scope, morning_amount_reporting as flow_amount
    from days
    where is_morning and sales_rep_id <> previous_sales_rep_id
    union all
    select
        opportunity_key, snapshot_date, channel, source, campaign, region, segment, product, opportunity_type,
        null as team, sales_rep_id,
        'transferred_in' as flow, 'sales_rep' as flow_scope, morning_amount_reporting as flow_amount
    from days
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
