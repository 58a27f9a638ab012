{{ config(adds=[
    'int_kpi_observations_funnel',
    'int_kpi_observations_opportunities',
    'int_kpi_observations_stages',
    'int_kpi_observations_service',
    'int_kpi_observations_responses'
]) }}

with funnel as (
    select * from {{ ref('int_kpi_observations_funnel') }}
),

opportunities as (
    select * from {{ ref('int_kpi_observations_opportunities') }}
),

stages as (
    select * from {{ ref('int_kpi_observations_stages') }}
),

service as (
    select * from {{ ref('int_kpi_observations_service') }}
),

responses as (
    select * from {{ ref('int_kpi_observations_responses') }}
),

unioned as (
    {{ with_all_dimensions(
        'funnel',
        ['channel', 'source', 'campaign', 'region', 'segment', 'team', 'sales_rep'],
        keep=['observation', 'observed_date', "'all' as observation_scope", 'observed_value']
    ) }}
    union all
    {{ with_all_dimensions(
        'opportunities',
        [
            'channel', 'source', 'campaign', 'region', 'segment', 'product', 'opportunity_type', 'currency', 'team',
            'sales_rep'
        ],
        keep=['observation', 'observed_date', "'all' as observation_scope", 'observed_value']
    ) }}
    union all
    {{ with_all_dimensions(
        'stages',
        ['pipeline_stage'],
        keep=['observation', 'observed_date', 'observation_scope', 'observed_value']
    ) }}
    union all
    {{ with_all_dimensions(
        'service',
        ['region', 'segment', 'ticket_channel', 'agent_group'],
        keep=['observation', 'observed_date', "'all' as observation_scope", 'observed_value']
    ) }}
    union all
    {{ with_all_dimensions(
        'responses',
        ['channel', 'source', 'campaign', 'region', 'segment', 'team', 'sales_rep'],
        keep=['observation', 'observed_date', "'all' as observation_scope", 'observed_value']
    ) }}
),

final as (
    select
        observation,
        observed_date,
        {{ kpi_dimensions() | join(', ') }},
        observation_scope,
        observed_value
    from unioned
)

select * from final
