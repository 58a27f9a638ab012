{{ config(key='customer_key', reached={'int_purchases_billed': 'account_key'}) }}

with opportunities as (
    select * from {{ ref('int_opportunities_valued') }}
),

billed as (
    select * from {{ ref('int_purchases_billed') }}
),

-- the kinds sort in the order in which they win a tie of dates
final as (
    select
        customer_key,
        account_key,
        primary_person_key as person_key,
        opportunity_key,
        opportunity_id,
        closed_date as purchase_date,
        closing_at as purchased_at,
        '1_opportunity' as purchase_kind
    from opportunities
    where is_won
        and not is_renewal
        and amount > 0
        and customer_key <> '(unknown)'
    union all
    select
        billed.account_key as customer_key,
        billed.account_key,
        null as person_key,
        null as opportunity_key,
        null as opportunity_id,
        billed.purchase_date,
        null as purchased_at,
        billed.purchase_kind
    from billed
)

select * from final
