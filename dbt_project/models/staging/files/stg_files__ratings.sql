{{ config(unique_key=['source_system', 'record_id']) }}

with records as (
    {{ latest_records(
        source('raw_files', 'ratings'),
        {
            'rating_id': 'mapped.rating_id',
            'ticket_id': 'mapped.ticket_id',
            'account_id': 'mapped.account_id',
            'survey_type': 'mapped.survey_type',
            'offered_at': 'mapped.offered_at',
            'rated_at': 'mapped.rated_at',
            'is_good': 'mapped.is_good',
            'score': 'mapped.score',
            'scale_max': 'mapped.scale_max',
            'agent_id': 'mapped.agent_id',
            'account_name': 'mapped.account_name',
            'source_url': 'mapped.source_url',
            'row_is_deleted': 'mapped.is_deleted',
        }
    ) }}
),

final as (
    select
        -- ids
        {{ clean_text('records.rating_id') }} as rating_id,
        {{ clean_text('records.ticket_id') }} as ticket_id,
        {{ clean_text('records.account_id') }} as account_id,
        {{ clean_text('records.agent_id') }} as agent_id,
        -- text
        coalesce({{ clean_text('records.survey_type') }}, 'csat') as survey_type,
        {{ clean_text('records.account_name') }} as account_name,
        {{ clean_text('records.source_url') }} as source_url,
        -- numbers
        {{ safe_decimal('records.score', 18, 4) }} as score,
        {{ safe_decimal('records.scale_max', 18, 4) }} as scale_max,
        -- booleans
        {{ safe_boolean('records.is_good') }} as is_good,
        -- timestamps
        {{ safe_timestamp('records.offered_at') }} as offered_at,
        {{ safe_timestamp('records.rated_at') }} as rated_at,
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
            decimals=['score', 'scale_max'],
            booleans=['is_good', 'row_is_deleted'],
            timestamps=['offered_at', 'rated_at'],
        ) }} as lost_values
    from records
)

select * from final
