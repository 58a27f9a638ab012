with opportunities as (
    select * from {{ ref('int_opportunities_open_at_month_ends') }}
),

owners as (
    select * from {{ ref('int_opportunity_owners_in_force') }}
),

sales_reps as (
    select * from {{ ref('int_sales_reps_by_validity') }}
),

owned as (
    select
        opportunities.snapshot_date,
        opportunities.channel,
        opportunities.region,
        opportunities.segment,
        coalesce(sales_reps.team, '(unknown)') as team,
        owners.sales_rep_id as sales_rep,
        opportunities.amount_reporting
    from opportunities
    inner join owners
        on opportunities.opportunity_key = owners.opportunity_key
        and opportunities.snapshot_date >= owners.valid_from_date
        and opportunities.snapshot_date < owners.valid_to_date
    left join sales_reps
        on owners.sales_rep_key = sales_reps.sales_rep_key
        and opportunities.snapshot_date >= sales_reps.valid_from
        and opportunities.snapshot_date < sales_reps.valid_to
),

final as (
    select
        'pipeline_amount' as kpi,
        snapshot_date as stock_date,
        channel,
        region,
        segment,
        team,
        sales_rep,
        cast(sum(amount_reporting) as decimal(38, 6)) as numerator,
        cast(null as decimal(38, 6)) as denominator
    from owned
    group by snapshot_date, channel, region, segment, team, sales_rep
)

select * from final
