{{ config(unique_key=['source_system', 'record_id']) }}

with records as (
    {{ record_versions(
        source('raw_hubspot', 'owners'),
        {
            'owner_id': 'id',
            'email': 'email',
            'first_name': 'firstName',
            'last_name': 'lastName',
            'teams': 'teams',
            'is_archived': 'archived',
            'created_at': 'createdAt',
        },
        source_system='hubspot',
    ) }}
),

final as (
    select
        -- ids
        {{ clean_text('records.owner_id') }} as owner_id,
        -- text
        {{ clean_text('records.email') }} as email,
        {{ clean_text('records.first_name') }} as first_name,
        {{ clean_text('records.last_name') }} as last_name,
        records.teams,
        -- booleans
        {{ safe_boolean('records.is_archived') }} as is_archived,
        -- timestamps
        {{ safe_timestamp('records.created_at') }} as created_at,
        -- pipeline
        records.source_system,
        records.record_id,
        records.updated_at,
        records.is_deleted,
        records.extracted_at,
        records.batch_id,
        records.load_seq,
        records.payload_hash,
        {{ lost_values('records', booleans=['is_archived'], timestamps=['created_at']) }} as lost_values
    from records
)

select * from final
