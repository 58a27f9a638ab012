with opportunities as (
    select * from {{ ref('int_opportunities_valued') }}
),

cycles as (
    select * from {{ ref('int_opportunities_cycled') }}
),

products as (
    select * from {{ ref('int_opportunity_products_chosen') }}
),

typed as (
    select
        opportunities.*,
        cycles.opportunity_type as effective_type,
        products.product_id as product
    from opportunities
    inner join cycles
        on opportunities.opportunity_key = cycles.opportunity_key
    inner join products
        on opportunities.opportunity_key = products.opportunity_key
),

created as (
    select
        'created' as date_basis,
        created_date as tally_date,
        channel,
        source,
        campaign,
        region,
        segment,
        product,
        effective_type as opportunity_type,
        currency_code as currency,
        created_team as team,
        created_sales_rep_id as sales_rep,
        is_renewal,
        is_won,
        is_credit,
        is_closed,
        amount,
        amount_reporting,
        false as is_closed_before_creation
    from typed
),

closed as (
    select
        'closed' as date_basis,
        closed_date as tally_date,
        channel,
        source,
        campaign,
        region,
        segment,
        product,
        effective_type as opportunity_type,
        currency_code as currency,
        owner_team as team,
        owner_sales_rep_id as sales_rep,
        is_renewal,
        is_won,
        is_credit,
        is_closed,
        amount,
        amount_reporting,
        closed_date < created_date as is_closed_before_creation
    from typed
    where is_closed
),

dated as (
    select * from created
    union all
    select * from closed
),

final as (
    select
        date_basis,
        tally_date,
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
        is_renewal,
        count(*) as opportunity_count,
        sum(case when is_won and not is_credit then 1 else 0 end) as won_count,
        sum(case when is_closed and not is_won and not is_credit then 1 else 0 end) as lost_count,
        sum(case when is_won and is_credit then 1 else 0 end) as credit_count,
        sum(case when is_won and amount > 0 then 1 else 0 end) as paid_won_count,
        sum(case when is_won and amount > 0 then amount_reporting else 0 end) as paid_won_amount,
        sum(case when is_closed and amount > 0 then 1 else 0 end) as paid_closed_count,
        sum(case when is_closed and amount > 0 then amount_reporting else 0 end) as paid_closed_amount,
        sum(case when is_closed_before_creation then 1 else 0 end) as negative_duration_count
    from dated
    group by
        date_basis,
        tally_date,
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
        is_renewal
)

select * from final
