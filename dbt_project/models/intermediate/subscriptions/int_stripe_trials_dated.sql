{{ config(key='subscription_id') }}

with versions as (
    select * from {{ ref('stg_stripe__subscription_versions') }}
),

ranked as (
    select
        subscription_id,
        trial_starts_at,
        trial_ends_at,
        row_number() over (
            partition by subscription_id, trial_starts_at order by extracted_at desc, payload_hash desc
        ) as version_rank
    from versions
    where trial_ends_at is not null
),

final as (
    select
        subscription_id,
        trial_starts_at as begins_at,
        trial_ends_at as ends_at
    from ranked
    where version_rank = 1
)

select * from final
