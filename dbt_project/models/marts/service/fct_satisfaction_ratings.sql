{{ config(key='rating_key', reached={'int_tickets_placed': 'int_ratings_ranked.ticket_key'}) }}

with ratings as (
    select * from {{ ref('int_ratings_ranked') }}
),

tickets as (
    select * from {{ ref('int_tickets_placed') }}
),

final as (
    select
        ratings.rating_key,
        ratings.source_system,
        ratings.rating_id,
        ratings.ticket_key,
        coalesce(ratings.account_key, '(unknown)') as customer_key,
        ratings.region,
        ratings.segment,
        ratings.ticket_channel,
        ratings.agent_group,
        ratings.agent_id,
        ratings.survey_type,
        ratings.offered_date,
        ratings.rated_date,
        ratings.offered_at,
        ratings.rated_at,
        case
            when ratings.rated_at is null or ratings.is_good is null then 'none'
            when ratings.is_good then 'good'
            else 'bad'
        end as answer,
        ratings.is_latest_answer,
        cast(case when ratings.is_latest_answer and ratings.is_good is not null then 1 else 0 end as integer)
            as rated_count,
        cast(case when ratings.is_latest_answer and ratings.is_good then 1 else 0 end as integer) as good_count,
        cast(case when ratings.is_offer_counted then 1 else 0 end as integer) as offered_count,
        cast(case when ratings.is_offer_counted and ratings.rated_at is not null then 1 else 0 end as integer)
            as answered_count,
        tickets.source_url
    from ratings
    left join tickets
        on ratings.ticket_key = tickets.ticket_key
)

select * from final
