with accounts as (
    select * from {{ ref('int_accounts_merged') }}
),

people as (
    select * from {{ ref('int_people') }}
),

cost_lines as (
    select * from {{ ref('int_cost_lines_unioned') }}
),

mentions as (
    select segment from accounts
    union
    select segment from people
    union
    select segment from cost_lines
    union
    select '(unknown)' as segment
    union
    select '(unallocated)' as segment
),

final as (
    select segment
    from mentions
    where segment is not null
)

select * from final
