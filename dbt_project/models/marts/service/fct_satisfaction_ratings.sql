with ratings as (
    select * from {{ ref('int_ratings_ranked') }}
),

final as (
    select
        rating_key,
        source_system,
        rating_id,
        ticket_key,
        coalesce(account_key, '(unknown)') as customer_key,
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
        case
            when rated_at is null or is_good is null then 'none'
            when is_good then 'good'
            else 'bad'
        end as answer,
        is_latest_answer,
        cast(case when is_latest_answer and is_good is not null then 1 else 0 end as integer) as rated_count,
        cast(case when is_latest_answer and is_good then 1 else 0 end as integer) as good_count,
        cast(case when is_offer_counted then 1 else 0 end as integer) as offered_count,
        cast(case when is_offer_counted and rated_at is not null then 1 else 0 end as integer) as answered_count
    from ratings
)

select * from final
