{{ config(materialized='view') }}

with files_pipeline_stages as (
    select * from {{ ref('stg_files__pipeline_stages') }}
),

opportunity_versions as (
    select * from {{ ref('stg_files__opportunity_versions') }}
),

-- A file without stages may still say open, won and lost.
words as (
    select distinct
        opportunity_versions.source_system,
        opportunity_versions.pipeline_id,
        opportunity_versions.stage
    from opportunity_versions
    where opportunity_versions.stage in ('open', 'won', 'lost')
),

implied as (
    select
        words.source_system,
        words.pipeline_id,
        words.stage
    from words
    left join files_pipeline_stages
        on
            words.source_system = files_pipeline_stages.source_system
            and words.pipeline_id = files_pipeline_stages.pipeline_id
            and words.stage = files_pipeline_stages.stage_id
    where files_pipeline_stages.stage_id is null
),

final as (
    select
        files_pipeline_stages.pipeline_id,
        files_pipeline_stages.stage_id,
        files_pipeline_stages.stage_label,
        files_pipeline_stages.stage_order,
        files_pipeline_stages.probability,
        files_pipeline_stages.is_closed,
        files_pipeline_stages.is_won,
        files_pipeline_stages.is_real,
        files_pipeline_stages.source_system,
        files_pipeline_stages.record_id,
        files_pipeline_stages.updated_at,
        files_pipeline_stages.is_deleted,
        files_pipeline_stages.source_url
    from files_pipeline_stages
    union all
    select
        implied.pipeline_id,
        implied.stage as stage_id,
        implied.stage as stage_label,
        case implied.stage when 'open' then 1 when 'won' then 1000001 else 1000002 end as stage_order,
        case implied.stage
            when 'won' then cast(1 as decimal(9, 6))
            when 'lost' then cast(0 as decimal(9, 6))
        end as probability,
        implied.stage in ('won', 'lost') as is_closed,
        implied.stage = 'won' as is_won,
        true as is_real,
        implied.source_system,
        implied.pipeline_id || '|' || implied.stage as record_id,
        cast(null as timestamp) as updated_at,
        false as is_deleted,
        cast(null as {{ dbt.type_string() }}) as source_url
    from implied
)

select * from final
