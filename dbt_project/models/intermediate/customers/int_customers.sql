{{ config(
    key='customer_key',
    reached={
        'int_accounts_first_leads': 'int_purchases_unioned.account_key',
        'int_accounts_merged': 'int_purchases_unioned.account_key',
        'int_people': 'person_key',
    }
) }}

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

first_leads as (
    select * from {{ ref('int_accounts_first_leads') }}
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
            order by
                purchase_date,
                purchase_kind,
                coalesce(purchased_at, timestamp '9999-12-31 00:00:00'),
                opportunity_id
        ) as purchase_rank
    from purchases
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
        coalesce(opportunities.channel, first_leads.channel, '(unknown)') as channel,
        coalesce(accounts.region, buyers.region, '(unknown)') as region,
        coalesce(accounts.segment, buyers.segment, '(unknown)') as segment
    from ranked_purchases as first_purchases
    left join opportunities
        on first_purchases.opportunity_key = opportunities.opportunity_key
    left join first_leads
        on first_purchases.account_key = first_leads.account_key
    left join accounts
        on first_purchases.account_key = accounts.account_key
    left join people as buyers
        on first_purchases.customer_key = buyers.person_key
    where first_purchases.purchase_rank = 1
)

select * from final
