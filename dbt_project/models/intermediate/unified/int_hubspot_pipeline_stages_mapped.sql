with pipelines as (
    select * from {{ ref('stg_hubspot__deal_pipelines') }}
),

pipeline_settings as (
    select * from {{ ref('stg_meta__pipeline_settings') }}
    where source_system = 'hubspot'
),

elements as (
    {{ list_elements(
        'pipelines',
        'stages',
        ['pipeline_id', 'source_system', 'updated_at', 'is_deleted'],
        {
            'stage_id': 'id',
            'stage_label': 'label',
            'display_order': 'displayOrder',
            'probability': 'metadata.probability',
            'is_closed': 'metadata.isClosed',
        },
    ) }}
),

stages as (
    select
        elements.pipeline_id,
        elements.stage_id,
        elements.stage_label,
        {{ safe_integer('elements.display_order') }} as stage_order,
        {{ safe_decimal('elements.probability', 9, 6) }} as probability,
        coalesce({{ safe_boolean('elements.is_closed') }}, false) as is_closed,
        elements.source_system,
        elements.updated_at,
        elements.is_deleted
    from elements
),

first_real_stages as (
    select
        pipeline_settings.pipeline_id,
        stages.stage_order
    from pipeline_settings
    inner join stages
        on
            pipeline_settings.pipeline_id = stages.pipeline_id
            and pipeline_settings.first_real_stage_id = stages.stage_id
),

final as (
    select
        stages.pipeline_id,
        stages.stage_id,
        stages.stage_label,
        stages.stage_order,
        stages.probability,
        stages.is_closed,
        stages.is_closed and coalesce(stages.probability = 1, false) as is_won,
        coalesce(stages.stage_order >= first_real_stages.stage_order, true) as is_real,
        stages.source_system,
        stages.pipeline_id || '|' || stages.stage_id as record_id,
        stages.updated_at,
        stages.is_deleted,
        cast(null as {{ dbt.type_string() }}) as source_url
    from stages
    left join first_real_stages
        on stages.pipeline_id = first_real_stages.pipeline_id
)

select * from final
