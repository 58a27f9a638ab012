{{ config(adds=['int_kpi_observations_unioned'], sums=['row_count']) }}

with observations as (
    select * from {{ ref('int_kpi_observations_unioned') }}
),

by_member as (
    {{ rows_by_member('observations', ['observation', 'observed_date'], scope='observation_scope') }}
),

final as (
    select
        observation,
        observed_date,
        dimension,
        member,
        count(*) as row_count
    from by_member
    group by observation, observed_date, dimension, member
)

select * from final
