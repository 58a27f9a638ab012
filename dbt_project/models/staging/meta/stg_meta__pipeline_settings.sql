{{ config(materialized='view') }}

with pipeline_settings as (
    select * from {{ source('meta', 'pipeline_settings') }}
),

final as (
    select
        pipeline_settings.source_system,
        pipeline_settings.pipeline_id,
        pipeline_settings.first_real_stage_id,
        pipeline_settings.is_renewal
    from pipeline_settings
)

select * from final
