{{ config(adds=['int_opportunities_in_pipeline_daily'], sums=['numerator']) }}

with daily as (
    select * from {{ ref('int_opportunities_in_pipeline_daily') }}
    where is_open
),

-- a day has few members but many opportunities
by_day as (
    select
        snapshot_date,
        channel,
        source,
        campaign,
        region,
        segment,
        product,
        opportunity_type,
        currency_code as currency,
        team,
        sales_rep_id as sales_rep,
        sum(amount_reporting) as pipeline_amount,
        sum(coalesce(weighted_amount_reporting, 0)) as weighted_pipeline_amount,
        count(*) as row_count
    from daily
    group by
        snapshot_date,
        channel,
        source,
        campaign,
        region,
        segment,
        product,
        opportunity_type,
        currency_code,
        team,
        sales_rep_id
),

placed as (
    {{ with_all_dimensions(
        'by_day',
        [
            'channel', 'source', 'campaign', 'region', 'segment', 'product', 'opportunity_type', 'currency', 'team',
            'sales_rep'
        ],
        keep=['snapshot_date', 'pipeline_amount', 'weighted_pipeline_amount', 'row_count']
    ) }}
),

by_member as (
    {{ rows_by_member('placed', ['snapshot_date', 'pipeline_amount', 'weighted_pipeline_amount', 'row_count']) }}
),

summed as (
    select
        snapshot_date,
        dimension,
        member,
        cast(sum(pipeline_amount) as decimal(38, 6)) as pipeline_amount,
        cast(sum(weighted_pipeline_amount) as decimal(38, 6)) as weighted_pipeline_amount,
        cast(sum(row_count) as bigint) as row_count
    from by_member
    group by snapshot_date, dimension, member
),

-- all three are told of the same rows, so these are added up once
final as (
    select
        kpis.kpi,
        summed.snapshot_date as stock_date,
        summed.dimension,
        summed.member,
        case kpis.kpi
            when 'weighted_pipeline_amount' then summed.weighted_pipeline_amount
            else summed.pipeline_amount
        end as numerator,
        summed.row_count
    from summed
    cross join (values ('pipeline_amount'), ('pipeline_closing_amount'), ('weighted_pipeline_amount')) as kpis (kpi)
)

select * from final
