{{ config(key='person_key', reached={'int_accounts_merged': 'int_people_merged.account_key'}) }}

with people as (
    select * from {{ ref('int_people_merged') }}
),

dated as (
    select * from {{ ref('int_people_dated') }}
),

first_touched as (
    select * from {{ ref('int_people_first_touched') }}
),

accounts as (
    select * from {{ ref('int_accounts_merged') }}
),

final as (
    select
        people.person_key,
        people.source_system,
        people.lead_id,
        people.account_key,
        first_touched.channel,
        first_touched.source,
        first_touched.campaign_id,
        case
            when first_touched.campaign_id is not null
                then {{ surrogate_key(['first_touched.source_system', 'first_touched.campaign_id']) }}
        end as campaign_key,
        coalesce(people.region, accounts.region, '(unknown)') as region,
        coalesce(people.segment, accounts.segment, '(unknown)') as segment,
        coalesce(people.country_code, accounts.country_code) as country_code,
        people.record_count,
        dated.person_key is not null as is_lead,
        people.is_excluded,
        dated.person_key is not null and not people.is_excluded as is_counted_lead,
        first_touched.is_implied_touch,
        case when dated.person_key is not null then first_touched.reference_date end as lead_date,
        first_touched.reference_date,
        first_touched.first_touch_date,
        dated.lead_at,
        people.created_at,
        people.source_url
    from people
    inner join first_touched
        on people.person_key = first_touched.person_key
    left join dated
        on people.person_key = dated.person_key
    left join accounts
        on people.account_key = accounts.account_key
)

select * from final
