with files_targets as (
    select * from {{ ref('stg_files__targets') }}
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
)

select * from final
