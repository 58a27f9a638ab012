{{ config(key='satisfaction_rating_id') }}

with versions as (
    select * from {{ ref('stg_zendesk__satisfaction_rating_versions') }}
),

-- the newest version of a rating tells whether it still exists and which offer is unanswered
ranked as (
    select
        satisfaction_rating_id,
        ticket_id,
        assignee_id,
        group_id,
        score,
        created_at,
        changed_at,
        source_system,
        updated_at,
        row_number() over newest_first as version_rank,
        row_number() over (
            partition by satisfaction_rating_id, changed_at, score
            order by extracted_at desc, updated_at desc, payload_hash desc
        ) as answer_rank,
        first_value(is_deleted) over newest_first as is_deleted
    from versions
    where score <> 'unoffered'
    window newest_first as (
        partition by satisfaction_rating_id
        order by extracted_at desc, updated_at desc, payload_hash desc
    )
),

-- every answer is a row; an offer is one only while nobody has answered it
answers as (
    select
        case
            when version_rank = 1 then satisfaction_rating_id
            else satisfaction_rating_id || '@' || changed_at
        end as rating_id,
        satisfaction_rating_id,
        ticket_id,
        assignee_id,
        group_id,
        score,
        created_at,
        changed_at,
        source_system,
        updated_at,
        is_deleted
    from ranked
    where version_rank = 1
        or (answer_rank = 1 and score <> 'offered')
),

final as (
    select
        rating_id,
        satisfaction_rating_id,
        ticket_id,
        cast(null as {{ dbt.type_string() }}) as account_id,
        'csat' as survey_type,
        created_at as offered_at,
        case when score <> 'offered' then changed_at end as rated_at,
        case when score <> 'offered' then score like 'good%' end as is_good,
        cast(null as decimal(18, 4)) as score,
        cast(null as decimal(18, 4)) as scale_max,
        assignee_id as agent_id,
        group_id as agent_group,
        source_system,
        rating_id as record_id,
        updated_at,
        is_deleted,
        cast(null as {{ dbt.type_string() }}) as source_url
    from answers
)

select * from final
