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
    select region from accounts
    union
    select region from people
    union
    select region from cost_lines
    union
    select '(unknown)' as region
    union
    select '(unallocated)' as region
),

final as (
    select region
    from mentions
    where region is not null
)

select * from final
