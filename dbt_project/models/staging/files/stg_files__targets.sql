{{ config(unique_key=['source_system', 'record_id']) }}

with records as (
    {{ latest_records(
        source('raw_files', 'targets'),
        {
            'kpi': 'mapped.kpi',
            'period_grain': 'mapped.period_grain',
            'period_start_date': 'mapped.period_start_date',
            'dimension': 'mapped.dimension',
            'member': 'mapped.member',
            'target_value': 'mapped.target_value',
            'currency_code': 'mapped.currency_code',
            'valid_from': 'mapped.valid_from',
            'valid_to': 'mapped.valid_to',
            'baseline_value': 'mapped.baseline_value',
            'relative_to': 'mapped.relative_to',
            'relative_change': 'mapped.relative_change',
            'path_periods': 'mapped.path_periods',
            'source_url': 'mapped.source_url',
            'row_is_deleted': 'mapped.is_deleted',
        }
    ) }}
),

final as (
    select
        -- text
        {{ clean_text('records.kpi') }} as kpi,
        {{ clean_text('records.period_grain') }} as period_grain,
        {{ clean_text('records.dimension') }} as dimension,
        {{ clean_text('records.member') }} as member,
        {{ clean_text('records.currency_code') }} as currency_code,
        {{ clean_text('records.relative_to') }} as relative_to,
        {{ clean_text('records.source_url') }} as source_url,
        -- numbers
        {{ safe_decimal('records.target_value', 18, 6) }} as target_value,
        {{ safe_decimal('records.baseline_value', 18, 6) }} as baseline_value,
        {{ safe_decimal('records.relative_change', 18, 6) }} as relative_change,
        {{ safe_integer('records.path_periods') }} as path_periods,
        -- dates
        {{ safe_date('records.period_start_date') }} as period_start_date,
        {{ safe_date('records.valid_from') }} as valid_from,
        {{ safe_date('records.valid_to') }} as valid_to,
        -- pipeline
        records.source_system,
        records.record_id,
        records.updated_at,
        records.is_deleted
        or coalesce({{ safe_boolean('records.row_is_deleted') }}, false) as is_deleted,
        records.extracted_at,
        records.batch_id,
        records.load_seq,
        {{ lost_values(
            'records',
            decimals={'target_value': [18, 6], 'baseline_value': [18, 6], 'relative_change': [18, 6]},
            integers=['path_periods'],
            booleans=['row_is_deleted'],
            dates=['period_start_date', 'valid_from', 'valid_to'],
        ) }} as lost_values
    from records
)

select * from final
