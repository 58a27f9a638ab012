{{ config(materialized='view') }}

with targets as (
    select * from {{ source('meta', 'targets') }}
),

final as (
    select
        targets.record_id,
        targets.kpi,
        targets.period_grain,
        targets.period_start_date,
        targets.dimension,
        targets.member,
        {{ safe_decimal('targets.target_value_text', 18, 6) }} as target_value,
        targets.currency_code,
        targets.valid_from,
        targets.valid_to,
        {{ safe_decimal('targets.baseline_value_text', 18, 6) }} as baseline_value,
        targets.relative_to,
        {{ safe_decimal('targets.relative_change_text', 18, 6) }} as relative_change,
        targets.path_periods
    from targets
)

select * from final
