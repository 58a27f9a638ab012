{{ config(key='activity_id', reached={'int_opportunities_resolved': 'int_activities_unioned.opportunity_id'}) }}

with activities as (
    select * from {{ ref('int_activities_unioned') }}
    where opportunity_id is not null
),

resolved as (
    select * from {{ ref('int_opportunities_resolved') }}
    where not is_apart
),

final as (
    select
        activities.source_system,
        activities.activity_id,
        resolved.surviving_id as opportunity_id
    from activities
    inner join resolved
        on activities.source_system = resolved.source_system
        and activities.opportunity_id = resolved.opportunity_id
)

select * from final
