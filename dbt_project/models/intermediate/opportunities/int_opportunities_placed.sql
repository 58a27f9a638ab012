{{ config(
    key='opportunity_key',
    reached={
        'int_people': 'person_key = int_opportunities_contacted.primary_person_key',
        'int_accounts_merged': 'int_opportunities_accounted.account_key'
    }
) }}

with staged as (
    select * from {{ ref('int_opportunities_staged') }}
),

contacted as (
    select * from {{ ref('int_opportunities_contacted') }}
),

accounted as (
    select * from {{ ref('int_opportunities_accounted') }}
),

people as (
    select * from {{ ref('int_people') }}
),

accounts as (
    select * from {{ ref('int_accounts_merged') }}
),

final as (
    select
        staged.opportunity_key,
        contacted.primary_person_key,
        accounted.account_key,
        -- in sales to persons the person is the account
        coalesce(accounted.account_key, contacted.primary_person_key, '(unknown)') as customer_key,
        coalesce(people.channel, '(unknown)') as channel,
        coalesce(people.source, '(unknown)') as source,
        coalesce(people.campaign_id, '(unknown)') as campaign,
        coalesce(accounts.region, '(unknown)') as region,
        coalesce(accounts.segment, '(unknown)') as segment,
        people.reference_date as contact_lead_date,
        people.first_touch_date as contact_first_touch_date,
        staged.has_stage_events,
        staged.stage_key,
        staged.is_closed,
        staged.is_won,
        staged.reopened_count,
        staged.created_date,
        staged.closed_date,
        staged.closing_event_date,
        staged.closing_at
    from staged
    left join contacted
        on staged.opportunity_key = contacted.opportunity_key
    left join accounted
        on staged.opportunity_key = accounted.opportunity_key
    left join people
        on contacted.primary_person_key = people.person_key
    left join accounts
        on accounted.account_key = accounts.account_key
)

select * from final
