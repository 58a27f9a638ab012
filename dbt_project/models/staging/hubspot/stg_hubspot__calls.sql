{{ config(unique_key=['source_system', 'record_id']) }}

with records as (
    {{ latest_records(
        source('raw_hubspot', 'calls'),
        {
            'call_id': 'id',
            'owner_id': 'properties.hubspot_owner_id',
            'direction': 'properties.hs_call_direction',
            'call_status': 'properties.hs_call_status',
            'call_source': 'properties.hs_call_source',
            'sequence_id': 'properties.hs_sequence_id',
            'call_duration_milliseconds': 'properties.hs_call_duration',
            'occurred_at': 'properties.hs_timestamp',
        },
        source_system='hubspot',
    ) }}
),

final as (
    select
        -- ids
        {{ clean_text('records.call_id') }} as call_id,
        {{ clean_text('records.owner_id') }} as owner_id,
        {{ clean_text('records.sequence_id') }} as sequence_id,
        -- text
        {{ clean_text('records.direction') }} as direction,
        {{ clean_text('records.call_status') }} as call_status,
        {{ clean_text('records.call_source') }} as call_source,
        -- numbers
        {{ safe_integer('records.call_duration_milliseconds') }} as call_duration_milliseconds,
        -- timestamps
        {{ safe_timestamp('records.occurred_at') }} as occurred_at,
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
            integers=['call_duration_milliseconds'],
            timestamps=['occurred_at'],
        ) }} as lost_values
    from records
)

select * from final
