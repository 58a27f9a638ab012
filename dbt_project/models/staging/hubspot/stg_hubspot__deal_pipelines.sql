{{ config(unique_key=['source_system', 'record_id']) }}

with records as (
    {{ latest_records(
        source('raw_hubspot', 'deal_pipelines'),
        {
            'pipeline_id': 'id',
            'pipeline_label': 'label',
            'display_order': 'displayOrder',
            'stages': 'stages',
        },
        source_system='hubspot',
    ) }}
),

final as (
    select
        -- ids
        {{ clean_text('records.pipeline_id') }} as pipeline_id,
        -- text
        {{ clean_text('records.pipeline_label') }} as pipeline_label,
        records.stages,
        -- numbers
        {{ safe_integer('records.display_order') }} as display_order,
        -- pipeline
        records.source_system,
        records.record_id,
        records.updated_at,
        records.is_deleted,
        records.extracted_at,
        records.batch_id,
        records.load_seq,
        {{ lost_values(
            'records',
            integers=['display_order'],
        ) }} as lost_values
    from records
)

select * from final
