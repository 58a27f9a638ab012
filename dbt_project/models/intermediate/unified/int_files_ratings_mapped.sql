{{ config(materialized='view') }}

with files_ratings as (
    select * from {{ ref('stg_files__ratings') }}
),

account_names as (
    select * from {{ ref('int_files_names_resolved') }}
    where entity = 'accounts'
),

final as (
    select
        files_ratings.rating_id,
        files_ratings.ticket_id,
        coalesce(files_ratings.account_id, account_names.resolved_id) as account_id,
        files_ratings.survey_type,
        files_ratings.offered_at,
        files_ratings.rated_at,
        files_ratings.is_good,
        files_ratings.score,
        files_ratings.scale_max,
        files_ratings.agent_id,
        files_ratings.source_system,
        files_ratings.record_id,
        files_ratings.updated_at,
        files_ratings.is_deleted,
        files_ratings.source_url
    from files_ratings
    left join account_names
        on
            files_ratings.source_system = account_names.source_system
            and {{ comparable_text('files_ratings.account_name') }} = account_names.name_key
)

select * from final
