{{ config(adds=['int_kpi_observations_unioned']) }}

with observations as (
    select * from {{ ref('int_kpi_observations_unioned') }}
),

members as (
    select * from {{ ref('int_kpi_observation_members_numbered') }}
),

by_member as (
    {{ rows_by_member('observations', ['observation', 'observed_date', 'observed_value'], scope='observation_scope') }}
),

final as (
    select
        members.member_number,
        by_member.observed_date,
        by_member.observed_value
    from by_member
    inner join members
        on
            by_member.observation = members.observation
            and by_member.dimension = members.dimension
            and by_member.member = members.member
    {{ lying_by(['members.member_number', 'by_member.observed_date', 'by_member.observed_value']) }}
)

select * from final
