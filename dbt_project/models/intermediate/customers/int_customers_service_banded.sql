{{ config(
    key='account_key',
    reached={
        'int_tickets_placed': 'int_mrr_retention_compared.account_key',
        'int_ratings_ranked': 'int_mrr_retention_compared.account_key',
    },
    compared=false
) }}

with compared as (
    select * from {{ ref('int_mrr_retention_compared') }}
),

tickets as (
    select * from {{ ref('int_tickets_placed') }}
),

ratings as (
    select * from {{ ref('int_ratings_ranked') }}
),

inputs as (
    select * from {{ ref('int_kpi_inputs_found') }}
),

days as (
    select distinct
        account_key,
        opening_date,
        {{ date_add_days('opening_date', -89) }} as first_date
    from compared
    where compared_span = 'period'
),

ticket_loads as (
    select
        days.account_key,
        days.opening_date,
        count(*) as ticket_count
    from days
    inner join tickets
        on days.account_key = tickets.account_key
        and days.first_date <= tickets.created_date
        and days.opening_date >= tickets.created_date
    group by days.account_key, days.opening_date
),

-- a ticket's rating is its latest answer, on its own date; not every vendor keeps the answers before it
answers as (
    select
        days.account_key,
        days.opening_date,
        ratings.is_good,
        row_number() over (
            partition by days.account_key, days.opening_date
            order by ratings.rated_at desc, ratings.rating_id desc, ratings.source_system
        ) as recency
    from days
    inner join ratings
        on days.account_key = ratings.account_key
        and days.first_date <= ratings.rated_date
        and days.opening_date >= ratings.rated_date
    where ratings.survey_type = 'csat'
        and ratings.is_latest_answer
        and ratings.is_good is not null
),

found as (
    select
        max(case when input = 'tickets' and is_found then 1 else 0 end) as has_tickets,
        max(case when input = 'ratings' and is_found then 1 else 0 end) as has_ratings
    from inputs
),

final as (
    select
        days.account_key,
        days.opening_date,
        case
            when found.has_ratings = 0 then null
            when answers.is_good is null then 'none'
            when answers.is_good then 'good'
            else 'bad'
        end as csat_band,
        case
            when found.has_tickets = 0 then null
            when ticket_loads.ticket_count is null then '0'
            when ticket_loads.ticket_count = 1 then '1'
            when ticket_loads.ticket_count <= 3 then '2–3'
            else '4+'
        end as ticket_load_band
    from days
    cross join found
    left join ticket_loads
        on days.account_key = ticket_loads.account_key
        and days.opening_date = ticket_loads.opening_date
    left join answers
        on days.account_key = answers.account_key
        and days.opening_date = answers.opening_date
        and answers.recency = 1
)

select * from final
