{{ config(adds=['int_kpi_components_unioned']) }}

with components as (
    select * from {{ ref('int_kpi_components_unioned') }}
),

definitions as (
    select * from {{ ref('kpi_definitions') }}
),

inputs as (
    select * from {{ ref('int_kpi_inputs_found') }}
),

final as (
    select
        definitions.kpi,
        definitions.version,
        components.component_date,
        components.channel,
        components.source,
        components.campaign,
        components.region,
        components.segment,
        components.product,
        components.opportunity_type,
        components.currency,
        components.team,
        components.sales_rep,
        components.ticket_channel,
        components.agent_group,
        components.funnel_step,
        components.pipeline_step,
        components.pipeline_stage,
        components.component_scope,
        components.numerator,
        components.denominator,
        definitions.unit,
        definitions.aggregation
    from components
    inner join definitions
        on components.kpi = definitions.computed_as
    -- what no source gives is unknown: it has no rows, so that no sum over them is 0
    inner join inputs
        on definitions.required_input = inputs.input
    where definitions.aggregation in ('sum', 'ratio')
        and inputs.is_found
        -- counts of records stand beside the amounts that are divided, and are no part of them
        and (components.numerator is not null or components.denominator is not null)
)

select * from final
