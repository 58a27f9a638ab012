{{ config(key='account_key', reached={'int_people': 'int_accounts_merged.account_key'}) }}

with accounts as (
    select * from {{ ref('int_accounts_merged') }}
),

people as (
    select * from {{ ref('int_people') }}
),

ranked as (
    select
        accounts.account_key,
        people.channel,
        row_number() over (
            partition by accounts.account_key
            order by people.lead_at, people.lead_id, people.source_system
        ) as person_rank
    from accounts
    inner join people
        on accounts.account_key = people.account_key
    where people.is_lead
),

final as (
    select
        account_key,
        channel
    from ranked
    where person_rank = 1
)

select * from final
