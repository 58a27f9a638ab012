with ratings as (
    select * from {{ ref('int_ratings_unioned') }}
),

tickets as (
    select * from {{ ref('int_tickets_placed') }}
),

accounts as (
    select * from {{ ref('int_accounts_resolved') }}
),

merged_accounts as (
    select * from {{ ref('int_accounts_merged') }}
),

run_parameters as (
    select * from {{ ref('int_run_parameters') }}
),

-- an answer given after the last day of this build has not been given yet
known as (
    select
        ratings.source_system,
        ratings.rating_id,
        ratings.ticket_id,
        ratings.account_id,
        coalesce(ratings.survey_type, 'csat') as survey_type,
        ratings.agent_id,
        ratings.offered_at,
        {{ reporting_date('ratings.offered_at') }} as offered_date,
        case
            when {{ reporting_date('ratings.rated_at') }} <= run_parameters.as_of_date
                then ratings.rated_at
        end as rated_at,
        -- four fifths of the scale: 4 and 5 of five, 3 of three, 2 of two
        coalesce(ratings.is_good, ratings.score * 5 >= ratings.scale_max * 4) as is_good
    from ratings
    cross join run_parameters
    where not ratings.is_deleted
        and {{ reporting_date('ratings.offered_at') }} <= run_parameters.as_of_date
),

final as (
    select
        {{ surrogate_key(['known.source_system', 'known.rating_id']) }} as rating_key,
        known.source_system,
        known.rating_id,
        tickets.ticket_key,
        coalesce(tickets.account_key, accounts.account_key) as account_key,
        coalesce(tickets.region, merged_accounts.region, '(unknown)') as region,
        coalesce(tickets.segment, merged_accounts.segment, '(unknown)') as segment,
        coalesce(tickets.ticket_channel, '(unknown)') as ticket_channel,
        coalesce(tickets.agent_group, '(unknown)') as agent_group,
        known.agent_id,
        known.survey_type,
        known.offered_at,
        known.offered_date,
        known.rated_at,
        {{ reporting_date('known.rated_at') }} as rated_date,
        case when known.rated_at is not null then known.is_good end as is_good
    from known
    left join tickets
        on known.source_system = tickets.source_system
        and known.ticket_id = tickets.ticket_id
    left join accounts
        on known.source_system = accounts.source_system
        and known.account_id = accounts.account_id
    left join merged_accounts
        on accounts.account_key = merged_accounts.account_key
    -- answers about deleted and merged tickets leave with them
    where known.ticket_id is null
        or tickets.ticket_key is not null
)

select * from final
