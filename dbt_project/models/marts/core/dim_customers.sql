{{ config(key='customer_key', reached={'int_accounts_merged': 'account_key', 'int_people': 'person_key'}) }}

with accounts as (
    select * from {{ ref('int_accounts_merged') }}
),

customers as (
    select * from {{ ref('int_customers') }}
),

opportunities as (
    select * from {{ ref('int_opportunities_valued') }}
),

people as (
    select * from {{ ref('int_people') }}
),

-- a person that buys without a company is a customer of its own and stays without a name
buying_people as (
    select distinct customer_key
    from opportunities
    where account_key is null
        and customer_key <> '(unknown)'
),

buyers as (
    -- a company record under a free-mail address is a consumer, whose name is personal
    select
        account_key as customer_key,
        case when has_free_mail_domain then 'person' else 'company' end as customer_type,
        source_system,
        account_id,
        case
            when has_free_mail_domain then '(person)'
            else coalesce(account_name, account_id)
        end as customer_name,
        coalesce(region, '(unknown)') as region,
        coalesce(segment, '(unknown)') as segment,
        industry,
        country_code,
        source_url
    from accounts
    union all
    select
        buying_people.customer_key,
        'person' as customer_type,
        people.source_system,
        null as account_id,
        '(person)' as customer_name,
        people.region,
        people.segment,
        null as industry,
        people.country_code,
        people.source_url
    from buying_people
    inner join people
        on buying_people.customer_key = people.person_key
    union all
    select
        '(unknown)' as customer_key,
        '(unknown)' as customer_type,
        '(unknown)' as source_system,
        null as account_id,
        '(unknown)' as customer_name,
        '(unknown)' as region,
        '(unknown)' as segment,
        null as industry,
        null as country_code,
        null as source_url
),

final as (
    select
        buyers.customer_key,
        buyers.customer_type,
        buyers.source_system,
        buyers.account_id,
        buyers.customer_name,
        coalesce(customers.channel, '(unknown)') as channel,
        buyers.region,
        buyers.segment,
        buyers.industry,
        buyers.country_code,
        customers.first_purchase_kind,
        customers.first_purchase_date,
        cast(case when customers.customer_key is not null then 1 else 0 end as integer) as customer_count,
        customers.customer_key is not null as is_customer,
        buyers.source_url
    from buyers
    left join customers
        on buyers.customer_key = customers.customer_key
)

select * from final
