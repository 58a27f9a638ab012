with files_targets as (
    select * from {{ ref('stg_files__targets') }}
),

configured_targets as (
    select * from {{ ref('stg_meta__targets') }}
),

final as (
    select
        files_targets.kpi,
        files_targets.period_grain,
        files_targets.period_start_date,
        files_targets.dimension,
        files_targets.member,
        files_targets.target_value,
        files_targets.currency_code,
        files_targets.valid_from,
        files_targets.valid_to,
        files_targets.baseline_value,
        files_targets.relative_to,
        files_targets.relative_change,
        files_targets.path_periods,
        files_targets.source_system,
        files_targets.record_id,
        files_targets.updated_at,
        files_targets.is_deleted,
        files_targets.source_url
    from files_targets
    union all
    select
        configured_targets.kpi,
        configured_targets.period_grain,
        configured_targets.period_start_date,
        configured_targets.dimension,
        configured_targets.member,
        configured_targets.target_value,
        configured_targets.currency_code,
        configured_targets.valid_from,
        configured_targets.valid_to,
        configured_targets.baseline_value,
        configured_targets.relative_to,
        configured_targets.relative_change,
        configured_targets.path_periods,
        '(configuration)' as source_system,
        configured_targets.record_id,
        cast(null as timestamp) as updated_at,
        false as is_deleted,
        cast(null as {{ dbt.type_string() }}) as source_url
    from configured_targets
)

select * from final
