with reached as (
    select * from {{ ref('int_people_stages_reached') }}
),

inputs as (
    select * from {{ ref('int_kpi_inputs_found') }}
),

steps (kpi, funnel_step, funnel_place, input) as (
    values
    ('stage_conversion_rate', 'lead>mql', 1, 'mql_events'),
    ('stage_conversion_rate', 'mql>sql', 2, 'mql_and_sql_events'),
    ('stage_conversion_rate', 'sql>opportunity', 3, 'sql_events_and_opportunity_contacts'),
    ('stage_conversion_rate', 'opportunity>won', 4, 'opportunity_contacts'),
    ('stage_conversion_from_lead_rate', 'lead>mql', 2, 'mql_events'),
    ('stage_conversion_from_lead_rate', 'lead>sql', 3, 'sql_events'),
    ('stage_conversion_from_lead_rate', 'lead>opportunity', 4, 'opportunity_contacts'),
    ('stage_conversion_from_lead_rate', 'lead>won', 5, 'opportunity_contacts')
),

-- a stage that no source gives has no steps: implied passages alone say nothing
known_steps as (
    select
        steps.kpi,
        steps.funnel_step,
        steps.funnel_place
    from steps
    inner join inputs
        on steps.input = inputs.input
    where inputs.is_found
),

conversions as (
    select
        known_steps.kpi,
        known_steps.funnel_step,
        reached.reached_date as component_date,
        case when reached.has_next then 1 else 0 end as numerator,
        1 as denominator
    from reached
    inner join known_steps
        on reached.funnel_place = known_steps.funnel_place
    where known_steps.kpi = 'stage_conversion_rate'
    union all
    select
        known_steps.kpi,
        known_steps.funnel_step,
        reached.lead_date as component_date,
        case when reached.funnel_place = 1 then 0 else 1 end as numerator,
        case when reached.funnel_place = 1 then 1 else 0 end as denominator
    from reached
    inner join known_steps
        on reached.funnel_place in (1, known_steps.funnel_place)
    where known_steps.kpi = 'stage_conversion_from_lead_rate'
),

final as (
    select
        kpi,
        component_date,
        funnel_step,
        cast(sum(numerator) as decimal(38, 6)) as numerator,
        cast(sum(denominator) as decimal(38, 6)) as denominator,
        'funnel_step' as component_scope
    from conversions
    group by kpi, component_date, funnel_step
)

select * from final
