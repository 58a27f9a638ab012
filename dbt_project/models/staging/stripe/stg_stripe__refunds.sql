{{ config(unique_key=['source_system', 'record_id']) }}

with records as (
    {{ latest_records(
        source('raw_stripe', 'refunds'),
        {
            'charge': 'charge',
            'status': 'status',
            'currency': 'currency',
            'amount': 'amount',
            'created': 'created',
        },
        source_system='stripe'
    ) }}
),

currencies as (
    select * from {{ ref('currency_minor_units') }}
),

final as (
    select
        -- ids
        records.record_id as refund_id,
        records.charge as charge_id,
        -- text
        records.status,
        upper(records.currency) as currency_code,
        -- money
        {{ minor_units_to_amount('records.amount', 'currencies.exponent') }} as amount,
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
        {{ lost_values('records', decimals=['amount'], epochs=['created']) }} as lost_values
    from records
    left join currencies
        on upper(records.currency) = currencies.currency_code
)

select * from final
