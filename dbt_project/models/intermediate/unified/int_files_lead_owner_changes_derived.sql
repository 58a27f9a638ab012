{{ config(materialized='view') }}

with versions as (
    select * from {{ ref('stg_files__lead_versions') }}
),

owner_names as (
    select * from {{ ref('int_files_names_resolved') }}
    where entity = 'sales_reps'
),

-- files that are delivered again bring the same versions again
ranked as (
    select
        versions.source_system,
        versions.lead_id,
        coalesce(versions.owner_sales_rep_id, owner_names.resolved_id) as owner_sales_rep_id,
        versions.created_at,
        versions.updated_at,
        row_number() over (
            partition by versions.source_system, versions.lead_id, versions.updated_at
            order by versions.extracted_at desc, versions.payload_hash desc
        ) as rank_of_instant
    from versions
    left join owner_names
        on versions.source_system = owner_names.source_system
        and {{ comparable_text('versions.owner_name') }} = owner_names.name_key
),

compared as (
    select
        source_system,
        lead_id,
        owner_sales_rep_id,
        created_at,
        updated_at,
        row_number() over (partition by source_system, lead_id order by updated_at) as version_number,
        lag(owner_sales_rep_id) over (
            partition by source_system, lead_id order by updated_at
        ) as previous_owner_sales_rep_id
    from ranked
    where rank_of_instant = 1
),

final as (
    select
        lead_id,
        owner_sales_rep_id,
        case when version_number = 1 then coalesce(created_at, updated_at) else updated_at end as changed_at,
        source_system
    from compared
    where version_number = 1
        or owner_sales_rep_id is distinct from previous_owner_sales_rep_id
)

select * from final
