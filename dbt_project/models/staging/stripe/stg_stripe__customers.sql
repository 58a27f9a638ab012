{{ config(unique_key=['source_system', 'record_id']) }}

with records as (
    {{ latest_records(
        source('raw_stripe', 'customers'),
        {
            'name': 'name',
            'email': 'email',
            'country_code': 'address.country',
            'metadata': 'metadata',
            'created': 'created',
        },
        source_system='stripe'
    ) }}
),

final as (
    select
        -- ids
        records.record_id as customer_id,
        -- text
        {{ clean_text('records.name') }} as customer_name,
        {{ clean_text('records.email') }} as email,
        upper({{ clean_text('records.country_code') }}) as country_code,
        records.metadata,
        -- timestamps
        {{ safe_epoch_timestamp('records.created') }} as created_at,
        -- pipeline
        records.source_system,
        records.record_id,
        records.updated_at,
        records.is_deleted,
        records.extracted_at,
        records.batch_id,
        records.load_seq,
        {{ lost_values('records', epochs=['created']) }} as lost_values
    from records
)

select * from final
