{{ config(unique_key=['source_system', 'record_id']) }}

with records as (
    {{ latest_records(
        source('raw_hubspot', 'quote_deals'),
        {
            'from_id': 'from.id',
            'to_objects': 'to',
        },
        source_system='hubspot',
    ) }}
),

final as (
    select
        -- ids
        {{ clean_text('records.from_id') }} as from_id,
        -- text
        records.to_objects,
        -- pipeline
        records.source_system,
        records.record_id,
        records.updated_at,
        records.is_deleted,
        records.extracted_at,
        records.batch_id,
        records.load_seq,
        {{ lost_values('records') }} as lost_values
    from records
)

select * from final
