{{ config(unique_key=['source_system', 'record_id']) }}

with records as (
    {{ latest_records(
        source('raw_files', 'web_visitors'),
        {
            'period_grain': 'mapped.period_grain',
            'period_start_date': 'mapped.period_start_date',
            'source': 'mapped.source',
            'visitors': 'mapped.visitors',
            'source_url': 'mapped.source_url',
            'row_is_deleted': 'mapped.is_deleted',
        }
    ) }}
),

final as (
    select
        -- text
        {{ clean_text('records.period_grain') }} as period_grain,
        {{ clean_text('records.source') }} as source,
        {{ clean_text('records.source_url') }} as source_url,
        -- numbers
        {{ safe_integer('records.visitors') }} as visitors,
        -- dates
        {{ safe_date('records.period_start_date') }} as period_start_date,
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
            integers=['visitors'],
            booleans=['row_is_deleted'],
            dates=['period_start_date'],
        ) }} as lost_values
    from records
)

select * from final
