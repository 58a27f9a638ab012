with ratings as (
    select * from {{ ref('int_ratings_ranked') }}
),

final as (
    select
        rating_key,
        source_system,
        rating_id,
        ticket_key,
        account_key,
        region,
        segment,
        ticket_channel,
        agent_group,
        agent_id,
        survey_type,
        offered_date,
        rated_date,
        offered_at,
        rated_at,
        is_good,
        is_latest_answer,
        case when is_latest_answer and is_good is not null then 1 else 0 end as rated_count,
        case when is_latest_answer and is_good then 1 else 0 end as good_count,
        case when is_offer_counted then 1 else 0 end as offered_count,
        case when is_offer_counted and rated_at is not null then 1 else 0 end as answered_count
    from ratings
)

select * from final
