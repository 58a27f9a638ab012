{{ config(
    key='rating_id',
    reached={
        'int_tickets_placed': 'int_ratings_unioned.ticket_id',
        'int_tickets_unioned': 'int_ratings_unioned.ticket_id',
        'int_record_merges_unioned': 'merged_id = int_ratings_unioned.ticket_id',
        'int_accounts_placed': 'int_ratings_unioned.account_id',
    },
    on_days={
        'int_ratings_unioned': dated_at('offered_at') ~ ' or ' ~ dated_at('rated_at')
    }
) }}

with ratings as (
    select * from {{ ref('int_ratings_unioned') }}
),

tickets as (
    select * from {{ ref('int_tickets_placed') }}
),

all_tickets as (
    select * from {{ ref('int_tickets_unioned') }}
),

record_merges as (
    select * from {{ ref('int_record_merges_unioned') }}
    where entity = 'tickets'
),

accounts as (
    select * from {{ ref('int_accounts_placed') }}
),

run_parameters as (
    select * from {{ ref('int_run_parameters') }}
),

known_tickets as (
    select source_system, ticket_id from all_tickets
    union
    select source_system, merged_id as ticket_id from record_merges
),

-- an answer given after the last day of this build has not been given yet
known as (
    select
        ratings.source_system,
        ratings.rating_id,
        ratings.ticket_id,
        ratings.ticket_id is not null and known_tickets.ticket_id is null as has_unknown_ticket,
        ratings.account_id,
        coalesce(ratings.survey_type, 'csat') as survey_type,
        ratings.agent_id,
        ratings.agent_group,
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
    left join known_tickets
        on ratings.source_system = known_tickets.source_system
        and ratings.ticket_id = known_tickets.ticket_id
    where not ratings.is_deleted
        and {{ reporting_date('ratings.offered_at') }} <= run_parameters.as_of_date
),

final as (
    select
        {{ surrogate_key(['known.source_system', 'known.rating_id']) }} as rating_key,
        known.source_system,
        known.rating_id,
        tickets.ticket_key,
        case
            when known.ticket_id is null
                then {{ surrogate_key(['known.source_system', 'known.rating_id']) }}
            else {{ surrogate_key(['known.source_system', 'known.ticket_id']) }}
        end as subject_key,
        known.ticket_id,
        known.has_unknown_ticket,
        coalesce(tickets.account_key, accounts.account_key) as account_key,
        coalesce(tickets.region, accounts.region, '(unknown)') as region,
        coalesce(tickets.segment, accounts.segment, '(unknown)') as segment,
        coalesce(tickets.ticket_channel, '(unknown)') as ticket_channel,
        coalesce(known.agent_group, tickets.agent_group, '(unknown)') as agent_group,
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
    -- answers about deleted and merged tickets leave with them, those about a ticket that nobody knows stay
    where known.ticket_id is null
        or known.has_unknown_ticket
        or tickets.ticket_key is not null
)

select * from final
