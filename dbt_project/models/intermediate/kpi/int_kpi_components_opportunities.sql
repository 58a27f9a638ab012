with tallies as (
    select * from {{ ref('int_opportunities_tallied') }}
),

reopenings as (
    select * from {{ ref('int_opportunity_reopenings_owned') }}
),

credits as (
    select * from {{ ref('int_opportunity_credits_split') }}
),

created as (
    select * from tallies
    where date_basis = 'created' and not is_renewal
),

closed as (
    select * from tallies
    where date_basis = 'closed'
),

measured as (
    select 'opportunities_created' as kpi, tally_date, channel, region, segment, team, sales_rep,
        opportunity_count as numerator, null as denominator
    from created
    union all
    select 'opportunities_created_amount', tally_date, channel, region, segment, team, sales_rep,
        opportunity_amount, null
    from created
    union all
    select 'win_rate_of_created', tally_date, channel, region, segment, team, sales_rep,
        won_count, opportunity_count
    from created
    union all
    select 'deals_won', tally_date, channel, region, segment, team, sales_rep, won_count, null
    from closed
    where won_count > 0
    union all
    select 'deals_lost', tally_date, channel, region, segment, team, sales_rep, lost_count, null
    from closed
    where lost_count > 0
    union all
    select 'credits', tally_date, channel, region, segment, team, sales_rep, credit_count, null
    from closed
    where credit_count > 0
    union all
    select 'sales_amount', tally_date, channel, region, segment, team, sales_rep, sales_amount, null
    from closed
    where sales_amount <> 0
    union all
    select 'average_deal_amount', tally_date, channel, region, segment, team, sales_rep,
        paid_won_amount, paid_won_count
    from closed
    where paid_won_count > 0
    union all
    select 'win_rate', tally_date, channel, region, segment, team, sales_rep,
        won_count, won_count + lost_count
    from closed
    where not is_renewal and won_count + lost_count > 0
    union all
    select 'win_rate_by_value', tally_date, channel, region, segment, team, sales_rep,
        paid_won_amount, paid_closed_amount
    from closed
    where not is_renewal and paid_closed_amount > 0
    union all
    select 'data_quality_negative_durations', tally_date, channel, region, segment, team, sales_rep,
        negative_duration_count, null
    from closed
    where negative_duration_count > 0
    union all
    select 'closings_undone', reopened_date, channel, region, segment, team, sales_rep_id, count(*), null
    from reopenings
    group by reopened_date, channel, region, segment, team, sales_rep_id
    union all
    select 'credited_sales_amount', closed_date, null, null, null, team, sales_rep_id,
        sum(credited_amount_reporting), null
    from credits
    group by closed_date, team, sales_rep_id
),

final as (
    select
        kpi,
        tally_date as component_date,
        channel,
        region,
        segment,
        team,
        sales_rep,
        cast(numerator as decimal(38, 6)) as numerator,
        cast(denominator as decimal(38, 6)) as denominator,
        'all' as component_scope
    from measured
)

select * from final
