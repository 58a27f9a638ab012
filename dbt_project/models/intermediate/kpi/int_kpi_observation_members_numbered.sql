with observations as (
    select * from {{ ref('int_kpi_observations_unioned') }}
),

by_member as (
    {{ rows_by_member('observations', ['observation', 'observed_date'], scope='observation_scope') }}
),

members as (
    select observation, dimension, member, min(observed_date) as first_date
    from by_member
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
