{{ config(
    adds=[
        'int_kpi_components_funnel',
        'int_kpi_components_amounts',
        'int_kpi_components_opportunities',
        'int_kpi_components_pipeline',
        'int_kpi_components_spend',
        'int_kpi_components_acquisition',
        'int_kpi_components_spend_divided',
        'int_kpi_components_attribution',
        'int_kpi_components_stages_funnel',
        'int_kpi_components_stages_pipeline',
        'int_kpi_components_web',
        'int_kpi_components_revenue',
        'int_kpi_components_service',
        'int_kpi_components_activities',
        'int_kpi_components_responses',
        'int_kpi_components_service_quality',
        'int_kpi_components_funnel_quality',
        'int_kpi_components_value',
        'int_kpi_counts_opportunities',
        'int_kpi_counts_attribution'
    ],
    sums=['numerator', 'denominator', 'fact_count']
) }}

with funnel as (
    select * from {{ ref('int_kpi_components_funnel') }}
),

amounts as (
    select * from {{ ref('int_kpi_components_amounts') }}
),

opportunities as (
    select * from {{ ref('int_kpi_components_opportunities') }}
),

pipeline as (
    select * from {{ ref('int_kpi_components_pipeline') }}
),

spend as (
    select * from {{ ref('int_kpi_components_spend') }}
),

acquisition as (
    select * from {{ ref('int_kpi_components_acquisition') }}
),

spend_divided as (
    select * from {{ ref('int_kpi_components_spend_divided') }}
),

attribution as (
    select * from {{ ref('int_kpi_components_attribution') }}
),

funnel_steps as (
    select * from {{ ref('int_kpi_components_stages_funnel') }}
),

pipeline_steps as (
    select * from {{ ref('int_kpi_components_stages_pipeline') }}
),

web as (
    select * from {{ ref('int_kpi_components_web') }}
),

revenue as (
    select * from {{ ref('int_kpi_components_revenue') }}
),

service as (
    select * from {{ ref('int_kpi_components_service') }}
),

activities as (
    select * from {{ ref('int_kpi_components_activities') }}
),

responses as (
    select * from {{ ref('int_kpi_components_responses') }}
),

service_quality as (
    select * from {{ ref('int_kpi_components_service_quality') }}
),

funnel_quality as (
    select * from {{ ref('int_kpi_components_funnel_quality') }}
),

customer_value as (
    select * from {{ ref('int_kpi_components_value') }}
),

opportunity_counts as (
    select * from {{ ref('int_kpi_counts_opportunities') }}
),

attribution_counts as (
    select * from {{ ref('int_kpi_counts_attribution') }}
),

components as (
    {{ with_all_dimensions(
        'funnel',
        ['channel', 'source', 'campaign', 'region', 'segment', 'team', 'sales_rep'],
        keep=['kpi', 'component_date', 'component_scope', 'numerator', 'denominator', '0 as fact_count']
    ) }}
    union all
    {{ with_all_dimensions(
        'opportunities',
        [
            'channel', 'source', 'campaign', 'region', 'segment', 'product', 'opportunity_type', 'currency', 'team',
            'sales_rep'
        ],
        keep=['kpi', 'component_date', 'component_scope', 'numerator', 'denominator', 'fact_count']
    ) }}
    union all
    {{ with_all_dimensions(
        'amounts',
        [
            'channel', 'source', 'campaign', 'region', 'segment', 'product', 'opportunity_type', 'currency', 'team',
            'sales_rep'
        ],
        keep=['kpi', 'component_date', 'component_scope', 'numerator', 'denominator', '0 as fact_count']
    ) }}
    union all
    {{ with_all_dimensions(
        'pipeline',
        ['channel', 'source', 'campaign', 'region', 'segment', 'product', 'opportunity_type', 'team', 'sales_rep'],
        keep=['kpi', 'component_date', 'component_scope', 'numerator', 'denominator', 'row_count as fact_count']
    ) }}
    union all
    {{ with_all_dimensions(
        'spend',
        ['channel', 'campaign', 'currency'],
        keep=['kpi', 'component_date', 'component_scope', 'numerator', 'denominator', 'fact_count']
    ) }}
    union all
    {{ with_all_dimensions(
        'spend_divided',
        ['channel', 'campaign'],
        keep=['kpi', 'component_date', 'component_scope', 'numerator', 'denominator', '0 as fact_count']
    ) }}
    union all
    {{ with_all_dimensions(
        'attribution',
        [
            'channel', 'source', 'campaign', 'region', 'segment', 'opportunity_type', 'currency', 'team', 'sales_rep'
        ],
        keep=['kpi', 'component_date', 'component_scope', 'numerator', 'denominator', '0 as fact_count']
    ) }}
    union all
    {{ with_all_dimensions(
        'funnel_steps',
        ['funnel_step'],
        keep=['kpi', 'component_date', 'component_scope', 'numerator', 'denominator', '0 as fact_count']
    ) }}
    union all
    {{ with_all_dimensions(
        'pipeline_steps',
        ['pipeline_step', 'pipeline_stage'],
        keep=['kpi', 'component_date', 'component_scope', 'numerator', 'denominator', '0 as fact_count']
    ) }}
    union all
    {{ with_all_dimensions(
        'web',
        ['channel', 'source'],
        keep=['kpi', 'component_date', 'component_scope', 'numerator', 'denominator', '0 as fact_count']
    ) }}
    union all
    {{ with_all_dimensions(
        'acquisition',
        ['channel', 'region', 'segment'],
        keep=['kpi', 'component_date', 'component_scope', 'numerator', 'denominator', '0 as fact_count']
    ) }}
    union all
    {{ with_all_dimensions(
        'revenue',
        ['channel', 'region', 'segment'],
        keep=['kpi', 'component_date', 'component_scope', 'numerator', 'denominator', 'fact_count']
    ) }}
    union all
    {{ with_all_dimensions(
        'service',
        ['region', 'segment', 'ticket_channel', 'agent_group'],
        keep=['kpi', 'component_date', 'component_scope', 'numerator', 'denominator', '0 as fact_count']
    ) }}
    union all
    {{ with_all_dimensions(
        'activities',
        ['channel', 'source', 'campaign', 'region', 'segment', 'team', 'sales_rep'],
        keep=['kpi', 'component_date', 'component_scope', 'numerator', 'denominator', 'row_count as fact_count']
    ) }}
    union all
    {{ with_all_dimensions(
        'responses',
        ['channel', 'source', 'campaign', 'region', 'segment', 'team', 'sales_rep'],
        keep=['kpi', 'component_date', 'component_scope', 'numerator', 'denominator', '0 as fact_count']
    ) }}
    union all
    {{ with_all_dimensions(
        'service_quality',
        [
            'channel', 'source', 'campaign', 'region', 'segment', 'product', 'opportunity_type', 'currency', 'team',
            'sales_rep'
        ],
        keep=['kpi', 'component_date', 'component_scope', 'numerator', 'denominator', '0 as fact_count']
    ) }}
    union all
    {{ with_all_dimensions(
        'funnel_quality',
        [
            'channel', 'source', 'campaign', 'region', 'segment', 'product', 'opportunity_type', 'currency', 'team',
            'sales_rep'
        ],
        keep=['kpi', 'component_date', 'component_scope', 'numerator', 'denominator', '0 as fact_count']
    ) }}
    union all
    {{ with_all_dimensions(
        'customer_value',
        ['channel', 'region', 'segment', 'currency'],
        keep=['kpi', 'component_date', 'component_scope', 'numerator', 'denominator', 'fact_count']
    ) }}
    union all
    -- records whose amount is divided above are counted by themselves, beside the amounts
    {{ with_all_dimensions(
        'opportunity_counts',
        [
            'channel', 'source', 'campaign', 'region', 'segment', 'product', 'opportunity_type', 'currency', 'team',
            'sales_rep'
        ],
        keep=[
            'kpi', 'component_date', 'component_scope', 'null as numerator', 'null as denominator',
            'row_count as fact_count'
        ]
    ) }}
    union all
    {{ with_all_dimensions(
        'attribution_counts',
        [
            'channel', 'source', 'campaign', 'region', 'segment', 'opportunity_type', 'currency', 'team', 'sales_rep'
        ],
        keep=[
            'kpi', 'component_date', 'component_scope', 'null as numerator', 'null as denominator',
            'row_count as fact_count'
        ]
    ) }}
),

final as (
    select
        kpi,
        component_date,
        {{ kpi_dimensions() | join(', ') }},
        component_scope,
        cast(sum(numerator) as decimal(38, 6)) as numerator,
        cast(sum(denominator) as decimal(38, 6)) as denominator,
        cast(sum(fact_count) as bigint) as fact_count,
        count(*) as row_count,
        count(numerator) as numerator_count,
        count(denominator) as denominator_count
    from components
    group by kpi, component_date, {{ kpi_dimensions() | join(', ') }}, component_scope
)

select * from final
