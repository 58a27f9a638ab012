{{ config(key='opportunity_key') }}

with visits as (
    select * from {{ ref('int_opportunity_stage_visits_measured') }}
),

-- all visits of a stage are one stay, which is over with the last exit
stays as (
    select
        opportunity_key,
        stage_key,
        pipeline_stage,
        sum(stage_days) as stage_days,
        max(exited_date) as last_exited_date
    from visits
    group by opportunity_key, stage_key, pipeline_stage
    having count(*) = count(exited_date)
),

final as (
    select
        opportunity_key,
        'time_in_stage_days' as observation,
        last_exited_date as observed_date,
        pipeline_stage,
        'pipeline_stage' as observation_scope,
        cast(stage_days as decimal(18, 9)) as observed_value
    from stays
)

select * from final
