{{ config(materialized='view') }}

with versions as (
    select * from {{ ref('int_files_opportunity_versions_mapped') }}
),

pipeline_stages as (
    select * from {{ ref('int_files_pipeline_stages_mapped') }}
),

given_events as (
    select * from {{ ref('stg_files__opportunity_stage_events') }}
),

-- Versions tell a stage history only where a source brings none of its own.
compared as (
    select
        versions.source_system,
        versions.opportunity_id,
        versions.stage,
        versions.version_number,
        versions.created_at,
        versions.closed_at,
        versions.updated_at,
        coalesce(pipeline_stages.is_closed, false) as is_closed,
        lag(versions.stage) over (
            partition by versions.source_system, versions.opportunity_id
            order by versions.version_number
        ) as previous_stage
    from versions
    left join pipeline_stages
        on
            versions.source_system = pipeline_stages.source_system
            and versions.pipeline_id = pipeline_stages.pipeline_id
            and versions.stage = pipeline_stages.stage_id
    where versions.source_system not in (select given_events.source_system from given_events)
),

entries as (
    select
        compared.source_system,
        compared.opportunity_id,
        compared.stage,
        compared.version_number,
        compared.created_at,
        compared.updated_at,
        compared.is_closed,
        -- a close date that was still to come when it was seen closed is no day of closing
        case
            when {{ reporting_date('compared.closed_at') }} <= {{ reporting_date('compared.updated_at') }}
                then compared.closed_at
            else compared.updated_at
        end as closed_at,
        lag(compared.is_closed) over (
            partition by compared.source_system, compared.opportunity_id
            order by compared.version_number
        ) as is_previous_closed,
        lag(
            case
                when compared.version_number = 1 and not compared.is_closed then compared.created_at
                else compared.updated_at
            end
        ) over (
            partition by compared.source_system, compared.opportunity_id
            order by compared.version_number
        ) as previous_seen_at
    from compared
    where compared.version_number = 1 or compared.stage <> compared.previous_stage
),

-- closed by its own date, but never before the stage that it left; from one closed stage into another: after the first
dated as (
    select
        entries.source_system,
        entries.opportunity_id,
        entries.stage,
        entries.updated_at,
        case
            when entries.version_number = 1 and not entries.is_closed then entries.created_at
            when entries.version_number = 1 then greatest(entries.created_at, entries.closed_at)
            when not entries.is_closed then entries.updated_at
            when not entries.is_previous_closed then greatest(entries.previous_seen_at, entries.closed_at)
            when entries.closed_at > entries.previous_seen_at then entries.closed_at
            else entries.updated_at
        end as entered_at
    from entries
    union all
    -- seen closed at first: it was open from its creation on, nothing tells in which stage
    select
        entries.source_system,
        entries.opportunity_id,
        'open' as stage,
        entries.updated_at,
        entries.created_at as entered_at
    from entries
    where entries.version_number = 1 and entries.is_closed
),

final as (
    select
        dated.opportunity_id,
        dated.stage as stage_id,
        dated.entered_at,
        dated.source_system,
        dated.opportunity_id || '|' || cast(dated.entered_at as {{ dbt.type_string() }})
        || '|' || dated.stage as record_id,
        dated.updated_at,
        false as is_deleted,
        cast(null as {{ dbt.type_string() }}) as source_url
    from dated
)

select * from final
