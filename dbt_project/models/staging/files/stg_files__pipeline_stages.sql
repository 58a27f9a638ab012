{{ config(unique_key=['source_system', 'record_id']) }}

with records as (
    {{ latest_records(
        source('raw_files', 'pipeline_stages'),
        {
            'pipeline_id': 'mapped.pipeline_id',
            'stage_id': 'mapped.stage_id',
            'stage_label': 'mapped.stage_label',
            'stage_order': 'mapped.stage_order',
            'probability': 'mapped.probability',
            'is_closed': 'mapped.is_closed',
            'is_won': 'mapped.is_won',
            'is_real': 'mapped.is_real',
            'source_url': 'mapped.source_url',
            'row_is_deleted': 'mapped.is_deleted',
        }
    ) }}
),

final as (
    select
        -- ids
        coalesce({{ clean_text('records.pipeline_id') }}, 'default') as pipeline_id,
        {{ clean_text('records.stage_id') }} as stage_id,
        -- text
        {{ clean_text('records.stage_label') }} as stage_label,
        {{ clean_text('records.source_url') }} as source_url,
        -- numbers
        {{ safe_integer('records.stage_order') }} as stage_order,
        {{ safe_decimal('records.probability', 9, 6) }} as probability,
        -- booleans
        {{ safe_boolean('records.is_closed') }} as is_closed,
        {{ safe_boolean('records.is_won') }} as is_won,
        coalesce({{ safe_boolean('records.is_real') }}, true) as is_real,
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
            integers=['stage_order'],
            decimals={'probability': [9, 6]},
            booleans=['is_closed', 'is_won', 'is_real', 'row_is_deleted'],
        ) }} as lost_values
    from records
)

select * from final
