{{ config(unique_key=['source_system', 'record_id']) }}

with records as (
    {{ latest_records(
        source('raw_files', 'channel_mapping'),
        {
            'mapped_source_system': 'mapped.source_system',
            'source': 'mapped.source',
            'channel': 'mapped.channel',
            'is_paid': 'mapped.is_paid',
            'source_url': 'mapped.source_url',
            'row_is_deleted': 'mapped.is_deleted',
        }
    ) }}
),

final as (
    select
        -- text
        {{ clean_text('records.mapped_source_system') }} as mapped_source_system,
        {{ clean_text('records.source') }} as source,
        {{ clean_text('records.channel') }} as channel,
        {{ clean_text('records.source_url') }} as source_url,
        -- booleans
        {{ safe_boolean('records.is_paid') }} as is_paid,
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
            booleans=['is_paid', 'row_is_deleted'],
        ) }} as lost_values
    from records
)

select * from final
