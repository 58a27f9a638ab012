{{ config(key='record_id') }}

with files_ratings as (
    select * from {{ ref('int_files_ratings_mapped') }}
),

zendesk_ratings as (
    select * from {{ ref('int_zendesk_ratings_mapped') }}
),

final as (
    select
        files_ratings.rating_id,
        files_ratings.ticket_id,
        files_ratings.account_id,
        files_ratings.survey_type,
        files_ratings.offered_at,
        files_ratings.rated_at,
        files_ratings.is_good,
        files_ratings.score,
        files_ratings.scale_max,
        files_ratings.agent_id,
        cast(null as {{ dbt.type_string() }}) as agent_group,
        files_ratings.source_system,
        files_ratings.record_id,
        files_ratings.updated_at,
        files_ratings.is_deleted,
        files_ratings.source_url
    from files_ratings
    union all
    select
        zendesk_ratings.rating_id,
        zendesk_ratings.ticket_id,
        zendesk_ratings.account_id,
        zendesk_ratings.survey_type,
        zendesk_ratings.offered_at,
        zendesk_ratings.rated_at,
        zendesk_ratings.is_good,
        zendesk_ratings.score,
        zendesk_ratings.scale_max,
        zendesk_ratings.agent_id,
        zendesk_ratings.agent_group,
        zendesk_ratings.source_system,
        zendesk_ratings.record_id,
        zendesk_ratings.updated_at,
        zendesk_ratings.is_deleted,
        zendesk_ratings.source_url
    from zendesk_ratings
)

select * from final
