{{ config(materialized='view') }}

with opportunity_versions as (
    select * from {{ ref('stg_files__opportunity_versions') }}
),

account_names as (
    select * from {{ ref('int_files_names_resolved') }}
    where entity = 'accounts'
),

owner_names as (
    select * from {{ ref('int_files_names_resolved') }}
    where entity = 'sales_reps'
),

run_parameters as (
    select * from {{ ref('int_run_parameters') }}
),

-- Files that are delivered again bring the same versions again.
ranked as (
    select
        opportunity_versions.opportunity_id,
        opportunity_versions.pipeline_id,
        opportunity_versions.stage,
        opportunity_versions.amount,
        coalesce(
            opportunity_versions.currency_code, run_parameters.reporting_currency
        ) as currency_code,
        opportunity_versions.probability,
        opportunity_versions.expected_close_date,
        coalesce(
            opportunity_versions.owner_sales_rep_id, owner_names.resolved_id
        ) as owner_sales_rep_id,
        coalesce(opportunity_versions.account_id, account_names.resolved_id) as account_id,
        opportunity_versions.created_at,
        opportunity_versions.closed_at,
        opportunity_versions.source_system,
        opportunity_versions.record_id,
        opportunity_versions.updated_at,
        opportunity_versions.is_deleted,
        opportunity_versions.source_url,
        row_number() over (
            partition by
                opportunity_versions.source_system,
                opportunity_versions.opportunity_id,
                opportunity_versions.updated_at
            order by opportunity_versions.extracted_at desc, opportunity_versions.payload_hash desc
        ) as rank_of_instant
    from opportunity_versions
    cross join run_parameters
    left join account_names
        on
            opportunity_versions.source_system = account_names.source_system
            and {{ comparable_text('opportunity_versions.account_name') }} = account_names.name_key
    left join owner_names
        on
            opportunity_versions.source_system = owner_names.source_system
            and {{ comparable_text('opportunity_versions.owner_name') }} = owner_names.name_key
),

final as (
    select
        ranked.opportunity_id,
        ranked.pipeline_id,
        ranked.stage,
        ranked.amount,
        ranked.currency_code,
        ranked.probability,
        ranked.expected_close_date,
        ranked.owner_sales_rep_id,
        ranked.account_id,
        ranked.created_at,
        ranked.closed_at,
        ranked.source_system,
        ranked.record_id,
        ranked.updated_at,
        ranked.is_deleted,
        ranked.source_url,
        row_number() over (
            partition by ranked.source_system, ranked.opportunity_id
            order by ranked.updated_at
        ) as version_number
    from ranked
    where ranked.rank_of_instant = 1
)

select * from final
