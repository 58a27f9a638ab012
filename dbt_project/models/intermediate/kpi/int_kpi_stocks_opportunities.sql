{{ config(materialized='view') }}

with daily as (
    select * from {{ ref('int_opportunities_in_pipeline_daily') }}
    where is_open
),

by_member as (
    select
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
        sales_rep_id,
        cast(sum(amount_reporting) as decimal(38, 6)) as pipeline_amount,
        cast(sum(coalesce(weighted_amount_reporting, 0)) as decimal(38, 6)) as weighted_pipeline_amount
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

-- all three are told of the same rows, so these are added up once
final as (
    select
        kpis.kpi,
        by_member.snapshot_date as stock_date,
        by_member.channel,
        by_member.source,
        by_member.campaign,
        by_member.region,
        by_member.segment,
        by_member.product,
        by_member.opportunity_type,
        by_member.currency_code as currency,
        by_member.team,
        by_member.sales_rep_id as sales_rep,
        case kpis.kpi
            when 'weighted_pipeline_amount' then by_member.weighted_pipeline_amount
            else by_member.pipeline_amount
        end as numerator,
        cast(null as decimal(38, 6)) as denominator
    from by_member
    cross join (values ('pipeline_amount'), ('pipeline_closing_amount'), ('weighted_pipeline_amount')) as kpis (kpi)
)

select * from final
