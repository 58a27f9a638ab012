with purchases as (
    select * from {{ ref('int_purchases_unioned') }}
),

opportunities as (
    select * from {{ ref('int_opportunities_valued') }}
),

people as (
    select * from {{ ref('int_people') }}
),

accounts as (
    select * from {{ ref('int_accounts_merged') }}
),

ranked_purchases as (
    select
        customer_key,
        account_key,
        person_key,
        opportunity_key,
        purchase_date,
        purchase_kind,
        row_number() over (
            partition by customer_key
            order by purchase_date, purchase_kind, opportunity_id
        ) as purchase_rank
    from purchases
),

ranked_people as (
    select
        account_key,
        channel,
        row_number() over (
            partition by account_key
            order by lead_at, lead_id, source_system
        ) as person_rank
    from people
    where account_key is not null
        and is_lead
),

final as (
    select
        first_purchases.customer_key,
        first_purchases.account_key,
        case
            when first_purchases.account_key is null then first_purchases.person_key
        end as person_key,
        first_purchases.purchase_date as first_purchase_date,
        substr(first_purchases.purchase_kind, 3) as first_purchase_kind,
        first_purchases.opportunity_key as first_opportunity_key,
        coalesce(opportunities.channel, first_people.channel, '(unknown)') as channel,
        coalesce(accounts.region, buyers.region, '(unknown)') as region,
        coalesce(accounts.segment, buyers.segment, '(unknown)') as segment
    from ranked_purchases as first_purchases
    left join opportunities
        on first_purchases.opportunity_key = opportunities.opportunity_key
    left join ranked_people as first_people
        on first_purchases.account_key = first_people.account_key
        and first_people.person_rank = 1
    left join accounts
        on first_purchases.account_key = accounts.account_key
    left join people as buyers
        on first_purchases.customer_key = buyers.person_key
    where first_purchases.purchase_rank = 1
)

select * from final
