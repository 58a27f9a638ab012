{{ config(unique_key=['source_system', 'record_id']) }}

with records as (
    {{ latest_records(
        source('raw_files', 'web_sessions'),
        {
            'session_date': 'mapped.session_date',
            'source': 'mapped.source',
            'medium': 'mapped.medium',
            'campaign_name': 'mapped.campaign_name',
            'sessions': 'mapped.sessions',
            'visitors': 'mapped.visitors',
            'new_visitors': 'mapped.new_visitors',
            'key_events': 'mapped.key_events',
            'is_sampled': 'mapped.is_sampled',
            'is_thresholded': 'mapped.is_thresholded',
            'source_url': 'mapped.source_url',
            'row_is_deleted': 'mapped.is_deleted',
        }
    ) }}
),

final as (
    select
        -- text
        {{ clean_text('records.source') }} as source,
        {{ clean_text('records.medium') }} as medium,
        {{ clean_text('records.campaign_name') }} as campaign_name,
        {{ clean_text('records.source_url') }} as source_url,
        -- numbers
        {{ safe_integer('records.sessions') }} as sessions,
        {{ safe_integer('records.visitors') }} as visitors,
        {{ safe_integer('records.new_visitors') }} as new_visitors,
        {{ safe_integer('records.key_events') }} as key_events,
        -- booleans
        {{ safe_boolean('records.is_sampled') }} as is_sampled,
        {{ safe_boolean('records.is_thresholded') }} as is_thresholded,
        -- dates
        {{ safe_date('records.session_date') }} as session_date,
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
            integers=['sessions', 'visitors', 'new_visitors', 'key_events'],
            booleans=['is_sampled', 'is_thresholded', 'row_is_deleted'],
            dates=['session_date'],
        ) }} as lost_values
    from records
)

select * from final
