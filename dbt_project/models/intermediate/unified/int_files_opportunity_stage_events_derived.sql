{{ config(materialized='view') }}

with versions as (
    select * from {{ ref('int_files_opportunity_versions_mapped') }}
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
        lag(versions.stage) over (
            partition by versions.source_system, versions.opportunity_id
            order by versions.version_number
        ) as previous_stage,
        lag(versions.updated_at) over (
            partition by versions.source_system, versions.opportunity_id
            order by versions.version_number
        ) as previous_updated_at
    from versions
    where versions.source_system not in (select given_events.source_system from given_events)
),

moved as (
    select distinct
        compared.source_system,
        compared.opportunity_id
    from compared
    where compared.version_number > 1 and compared.stage <> compared.previous_stage
),

entries as (
    select
        compared.source_system,
        compared.opportunity_id,
        compared.stage,
        compared.updated_at,
        case
            when compared.version_number = 1 then compared.created_at
            -- seen closed by the import, closed before it: the CRM's own date is the better one
            when
                compared.closed_at > compared.previous_updated_at
                and compared.closed_at < compared.updated_at
                then compared.closed_at
            else compared.updated_at
        end as entered_at
    from compared
    inner join moved
        on
            compared.source_system = moved.source_system
            and compared.opportunity_id = moved.opportunity_id
    where compared.version_number = 1 or compared.stage <> compared.previous_stage
),

final as (
    select
        entries.opportunity_id,
        entries.stage as stage_id,
        entries.entered_at,
        entries.source_system,
        entries.opportunity_id || '|' || cast(entries.entered_at as {{ dbt.type_string() }})
        || '|' || entries.stage as record_id,
        entries.updated_at,
        false as is_deleted,
        cast(null as {{ dbt.type_string() }}) as source_url
    from entries
)

select * from final
