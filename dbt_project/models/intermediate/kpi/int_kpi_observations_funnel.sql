{{ config(adds=['int_people_milestones_dated']) }}

with milestones as (
    select * from {{ ref('int_people_milestones_dated') }}
),

final as (
    select
        'qualification_hours' as observation,
        milestone_date as observed_date,
        channel,
        source,
        campaign,
        region,
        segment,
        team,
        sales_rep,
        cast(qualification_hours as decimal(18, 9)) as observed_value
    from milestones
    where milestone = 'sql'
        and qualification_hours >= 0
)

select * from final
