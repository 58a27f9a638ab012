with days as (
    select * from {{ ref('int_kpi_observation_days_counted') }}
),

members as (
    select observation, dimension, member, min(observed_date) as first_date
    from days
    group by observation, dimension, member
),

final as (
    select
        observation,
        dimension,
        member,
        -- new members come last, and renumber no other
        cast(row_number() over (order by first_date, observation, dimension, member) as integer) as member_number
    from members
)

select * from final
