with observations as (
    select * from {{ ref('int_kpi_observations_unioned') }}
),

by_member as (
    {{ rows_by_member('observations', ['observation'], scope='observation_scope') }}
),

members as (
    select distinct observation, dimension, member
    from by_member
),

final as (
    select
        observation,
        dimension,
        member,
        cast(row_number() over (order by observation, dimension, member) as integer) as member_number
    from members
)

select * from final
