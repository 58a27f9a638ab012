{{ config(unique_key=['source_system', 'record_id']) }}

with records as (
    {{ latest_records(
        source('raw_hubspot', 'emails'),
        {
            'email_id': 'id',
            'owner_id': 'properties.hubspot_owner_id',
            'direction': 'properties.hs_email_direction',
            'email_status': 'properties.hs_email_status',
            'email_source': 'properties.hs_email_source',
            'sequence_id': 'properties.hs_sequence_id',
            'occurred_at': 'properties.hs_timestamp',
        },
        source_system='hubspot',
    ) }}
),

final as (
    select
        -- ids
        {{ clean_text('records.email_id') }} as email_id,
        {{ clean_text('records.owner_id') }} as owner_id,
        {{ clean_text('records.sequence_id') }} as sequence_id,
        -- text
        {{ clean_text('records.direction') }} as direction,
        {{ clean_text('records.email_status') }} as email_status,
        {{ clean_text('records.email_source') }} as email_source,
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
            timestamps=['occurred_at'],
        ) }} as lost_values
    from records
)

select * from final
