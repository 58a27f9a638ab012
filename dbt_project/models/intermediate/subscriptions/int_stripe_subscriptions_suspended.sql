{{ config(key='subscription_id') }}

with versions as (
    select * from {{ ref('stg_stripe__subscription_versions') }}
),

paid as (
    select * from {{ ref('int_stripe_periods_paid') }}
),

classed as (
    select
        subscription_id,
        extracted_at,
        payload_hash,
        period_starts_at,
        case
            when is_collection_paused and status in ('active', 'past_due') then 'paused'
            when status in ('unpaid', 'paused') then status
        end as suspended_as
    from versions
),

compared as (
    select
        subscription_id,
        extracted_at,
        payload_hash,
        period_starts_at,
        suspended_as,
        row_number() over subscription_versions as version_number,
        case when lag(suspended_as) over subscription_versions is null then 0 else 1 end as was_suspended_count,
        max(case when suspended_as is null then period_starts_at end) over subscription_versions
            as in_force_period_starts_at
    from classed
    window subscription_versions as (partition by subscription_id order by extracted_at, payload_hash)
),

-- where being suspended begins or ends
turns as (
    select
        subscription_id,
        suspended_as,
        version_number,
        extracted_at as seen_at,
        period_starts_at,
        in_force_period_starts_at,
        lead(extracted_at) over (partition by subscription_id order by version_number) as resumption_seen_at
    from compared
    where (suspended_as is not null and was_suspended_count = 0)
        or (suspended_as is null and was_suspended_count = 1)
),

suspensions as (
    select
        turns.subscription_id,
        turns.suspended_as,
        turns.version_number,
        turns.seen_at,
        turns.in_force_period_starts_at,
        turns.resumption_seen_at,
        max(case when paid.paid_from <= turns.period_starts_at then paid.paid_until end) as paid_until,
        min(case when paid.paid_from > turns.period_starts_at then paid.paid_from end) as paid_again_from
    from turns
    left join paid
        on turns.subscription_id = paid.subscription_id
    where turns.suspended_as is not null
    group by
        turns.subscription_id,
        turns.suspended_as,
        turns.version_number,
        turns.seen_at,
        turns.in_force_period_starts_at,
        turns.resumption_seen_at
),

-- what was paid for was in force; so was what was seen so later
final as (
    select
        subscription_id,
        suspended_as as status,
        case
            when paid_until is null and version_number = 1 then cast(null as timestamp)
            when paid_until is null or in_force_period_starts_at >= paid_until then seen_at
            else least(paid_until, seen_at)
        end as suspended_at,
        case
            when resumption_seen_at is not null
                then least(resumption_seen_at, coalesce(paid_again_from, resumption_seen_at))
        end as resumed_at
    from suspensions
)

select * from final
