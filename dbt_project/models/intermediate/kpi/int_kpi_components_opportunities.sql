with tallies as (
    select * from {{ ref('int_opportunities_tallied') }}
),

reopenings as (
    select * from {{ ref('int_opportunity_reopenings_owned') }}
),

credits as (
    select * from {{ ref('int_opportunity_credits_split') }}
),

opportunities as (
    select * from {{ ref('int_opportunities_valued') }}
),

cycles as (
    select * from {{ ref('int_opportunities_cycled') }}
),

created as (
    select * from tallies
    where date_basis = 'created' and not is_renewal
),

closed as (
    select * from tallies
    where date_basis = 'closed'
),

-- credited sales belong to the reps that share them, not to the owner
others as (
    select
        'closings_undone' as kpi, reopened_date as component_date, channel, source, campaign, region, segment,
        product, opportunity_type, currency, team, sales_rep_id as sales_rep, count(*) as numerator
    from reopenings
    group by
        reopened_date, channel, source, campaign, region, segment, product, opportunity_type, currency, team,
        sales_rep_id
    union all
    select
        'credited_sales_amount' as kpi, credits.closed_date as component_date, opportunities.channel,
        opportunities.source, opportunities.campaign, opportunities.region, opportunities.segment,
        null as product, cycles.opportunity_type, opportunities.currency_code as currency, credits.team,
        credits.sales_rep_id as sales_rep, sum(credits.credited_amount_reporting) as numerator
    from credits
    inner join opportunities
        on credits.opportunity_key = opportunities.opportunity_key
    inner join cycles
        on credits.opportunity_key = cycles.opportunity_key
    group by
        credits.closed_date, opportunities.channel, opportunities.source, opportunities.campaign,
        opportunities.region, opportunities.segment, cycles.opportunity_type, opportunities.currency_code,
        credits.team, credits.sales_rep_id
),

measured as (
    select
        'opportunities_created' as kpi, created.*, created.opportunity_count as numerator, null as denominator
    from created
    union all
    select
        'win_rate_of_created' as kpi, created.*,
        created.won_count as numerator, created.opportunity_count as denominator
    from created
    union all
    select 'deals_won' as kpi, closed.*, closed.won_count as numerator, null as denominator
    from closed
    where closed.won_count > 0
    union all
    select 'deals_lost' as kpi, closed.*, closed.lost_count as numerator, null as denominator
    from closed
    where closed.lost_count > 0
    union all
    select 'credits' as kpi, closed.*, closed.credit_count as numerator, null as denominator
    from closed
    where closed.credit_count > 0
    union all
    select
        'average_deal_amount' as kpi, closed.*,
        closed.paid_won_amount as numerator, closed.paid_won_count as denominator
    from closed
    where closed.paid_won_count > 0
    union all
    select
        'win_rate' as kpi, closed.*,
        closed.won_count as numerator, closed.won_count + closed.lost_count as denominator
    from closed
    where not closed.is_renewal and closed.won_count + closed.lost_count > 0
    union all
    select
        'win_rate_by_value' as kpi, closed.*,
        closed.paid_won_amount as numerator, closed.paid_closed_amount as denominator
    from closed
    where not closed.is_renewal and closed.paid_closed_amount > 0
    union all
    select
        'data_quality_negative_durations' as kpi, closed.*,
        closed.negative_duration_count as numerator, null as denominator
    from closed
    where closed.negative_duration_count > 0
),

final as (
    select
        kpi,
        tally_date as component_date,
        channel,
        source,
        campaign,
        region,
        segment,
        product,
        opportunity_type,
        currency,
        team,
        sales_rep,
        cast(numerator as decimal(38, 6)) as numerator,
        cast(denominator as decimal(38, 6)) as denominator,
        case when kpi = 'win_rate_by_value' then paid_closed_count else 0 end as fact_count,
        'all' as component_scope
    from measured
    union all
    select
        kpi,
        component_date,
        channel,
        source,
        campaign,
        region,
        segment,
        product,
        opportunity_type,
        currency,
        team,
        sales_rep,
        cast(numerator as decimal(38, 6)) as numerator,
        cast(null as decimal(38, 6)) as denominator,
        0 as fact_count,
        'all' as component_scope
    from others
)

select * from final
