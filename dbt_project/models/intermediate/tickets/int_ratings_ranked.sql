{{ config(key='subject_key') }}

with ratings as (
    select * from {{ ref('int_ratings_placed') }}
),

-- a ticket has one rating, its latest answer; one offer may be answered several times
ranked as (
    select
        rating_key,
        row_number() over (
            partition by subject_key, survey_type
            order by case when rated_at is null then 1 else 0 end, rated_at desc, rating_id desc
        ) as answer_rank,
        row_number() over (
            partition by subject_key, survey_type, offered_at
            order by case when rated_at is null then 1 else 0 end, rated_at desc, rating_id desc
        ) as offer_rank
    from ratings
),

final as (
    select
        ratings.rating_key,
        ratings.source_system,
        ratings.rating_id,
        ratings.ticket_key,
        ratings.subject_key,
        ratings.account_key,
        ratings.region,
        ratings.segment,
        ratings.ticket_channel,
        ratings.agent_group,
        ratings.agent_id,
        ratings.survey_type,
        ratings.offered_at,
        ratings.offered_date,
        ratings.rated_at,
        ratings.rated_date,
        ratings.is_good,
        ranked.answer_rank = 1 and ratings.rated_at is not null as is_latest_answer,
        ranked.offer_rank = 1 as is_offer_counted
    from ratings
    inner join ranked
        on ratings.rating_key = ranked.rating_key
)

select * from final
