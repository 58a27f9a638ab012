with reached as (
    select * from {{ ref('int_opportunity_stages_reached') }}
),

visits as (
    select * from {{ ref('int_opportunity_stage_visits_measured') }}
),

measured as (
    select
        'stage_conversion_rate' as kpi,
        reached_date as component_date,
        pipeline_step,
        cast(null as {{ dbt.type_string() }}) as pipeline_stage,
        case when has_next then 1 else 0 end as numerator,
        1 as denominator
    from reached
    union all
    select
        'stage_transition_rate' as kpi,
        entered_date as component_date,
        null as pipeline_step,
        pipeline_stage,
        0 as numerator,
        1 as denominator
    from visits
    union all
    select
        'stage_transition_rate' as kpi,
        exited_date as component_date,
        null as pipeline_step,
        pipeline_stage,
        1 as numerator,
        0 as denominator
    from visits
    where is_moved_forward
),

final as (
    select
        kpi,
        component_date,
        pipeline_step,
        pipeline_stage,
        cast(sum(numerator) as decimal(38, 6)) as numerator,
        cast(sum(denominator) as decimal(38, 6)) as denominator,
        case when pipeline_step is null then 'pipeline_stage' else 'pipeline_step' end as component_scope
    from measured
    group by kpi, component_date, pipeline_step, pipeline_stage
)

select * from final
