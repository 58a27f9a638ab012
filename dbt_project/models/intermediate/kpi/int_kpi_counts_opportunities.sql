{{ config(key='opportunity_key', sums=['row_count']) }}

with line_items as (
    select * from {{ ref('int_opportunity_line_items_completed') }}
),

opportunities as (
    select * from {{ ref('int_opportunities_valued') }}
),

cycles as (
    select * from {{ ref('int_opportunities_cycled') }}
),

credits as (
    select * from {{ ref('int_opportunity_credits_split') }}
    where credited_amount_reporting <> 0
),

typed as (
    select
        opportunities.*,
        cycles.opportunity_type as effective_type
    from opportunities
    inner join cycles
        on opportunities.opportunity_key = cycles.opportunity_key
),

dated as (
    select
        'opportunities_created_amount' as kpi, opportunity_key, created_date as component_date, channel, source,
        campaign, region, segment, effective_type as opportunity_type, currency_code as currency,
        created_team as team, created_sales_rep_id as sales_rep
    from typed
    where not is_renewal
    union all
    select
        'sales_amount' as kpi, opportunity_key, closed_date as component_date, channel, source,
        campaign, region, segment, effective_type as opportunity_type, currency_code as currency,
        owner_team as team, owner_sales_rep_id as sales_rep
    from typed
    where is_won
),

-- by product, an opportunity counts once for each that its lines name
of_products as (
    select distinct
        dated.kpi,
        dated.component_date,
        dated.opportunity_key,
        line_items.product_id as product
    from dated
    inner join line_items
        on dated.opportunity_key = line_items.opportunity_key
),

-- by team and rep, once for each that has a share in it
of_shares as (
    select distinct
        credits.opportunity_key,
        credits.closed_date,
        scopes.component_scope,
        case when scopes.component_scope = 'team' then credits.team end as team,
        case when scopes.component_scope = 'sales_rep' then credits.sales_rep_id end as sales_rep
    from credits
    cross join (values ('all'), ('team'), ('sales_rep')) as scopes (component_scope)
),

counted as (
    select
        kpi, component_date, 'all' as component_scope, channel, source, campaign, region, segment, null as product,
        opportunity_type, currency, team, sales_rep
    from dated
    union all
    select
        kpi, component_date, 'product' as component_scope, null as channel, null as source, null as campaign,
        null as region, null as segment, product, null as opportunity_type, null as currency, null as team,
        null as sales_rep
    from of_products
    union all
    select
        'credited_sales_amount' as kpi, of_shares.closed_date as component_date, of_shares.component_scope,
        case when of_shares.component_scope = 'all' then typed.channel end as channel,
        case when of_shares.component_scope = 'all' then typed.source end as source,
        case when of_shares.component_scope = 'all' then typed.campaign end as campaign,
        case when of_shares.component_scope = 'all' then typed.region end as region,
        case when of_shares.component_scope = 'all' then typed.segment end as segment,
        null as product,
        case when of_shares.component_scope = 'all' then typed.effective_type end as opportunity_type,
        case when of_shares.component_scope = 'all' then typed.currency_code end as currency,
        of_shares.team,
        of_shares.sales_rep
    from of_shares
    inner join typed
        on of_shares.opportunity_key = typed.opportunity_key
),

final as (
    select
        kpi,
        component_date,
        component_scope,
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
        count(*) as row_count
    from counted
    group by
        kpi, component_date, component_scope, channel, source, campaign, region, segment, product, opportunity_type,
        currency, team, sales_rep
)

select * from final
