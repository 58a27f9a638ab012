{{ config(unique_key=['source_system', 'record_id']) }}

with records as (
    {{ latest_records(
        source('raw_files', 'campaigns'),
        {
            'campaign_id': 'mapped.campaign_id',
            'campaign_name': 'mapped.campaign_name',
            'channel': 'mapped.channel',
            'source_url': 'mapped.source_url',
            'row_is_deleted': 'mapped.is_deleted',
        }
    ) }}
),

final as (
    select
        -- ids
        {{ clean_text('records.campaign_id') }} as campaign_id,
        -- text
        {{ clean_text('records.campaign_name') }} as campaign_name,
        {{ clean_text('records.channel') }} as channel,
        {{ clean_text('records.source_url') }} as source_url,
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
            booleans=['row_is_deleted'],
        ) }} as lost_values
    from records
)

select * from final
