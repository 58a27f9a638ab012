{{ config(unique_key=['source_system', 'record_id']) }}

with records as (
    {{ latest_records(
        source('raw_stripe', 'credit_notes'),
        {
            'invoice': 'invoice',
            'refund': 'refund',
            'status': 'status',
            'currency': 'currency',
            'tax_amounts': 'tax_amounts',
            'total': 'total',
            'created': 'created',
        },
        source_system='stripe'
    ) }}
),

currencies as (
    select * from {{ ref('currency_minor_units') }}
),

taxes as (
    {{ list_elements('records', 'tax_amounts', ['record_id'], {'amount': 'amount'}) }}
),

tax_totals as (
    select
        record_id,
        cast(sum({{ safe_integer('amount') }}) as {{ dbt.type_string() }}) as tax_minor_units
    from taxes
    group by record_id
),

final as (
    select
        -- ids
        records.record_id as credit_note_id,
        records.invoice as invoice_id,
        records.refund as refund_id,
        -- text
        records.status,
        upper(records.currency) as currency_code,
        -- money
        {{ minor_units_to_amount('records.total', 'currencies.exponent') }} as total_amount,
        coalesce({{ minor_units_to_amount('tax_totals.tax_minor_units', 'currencies.exponent') }}, 0)
            as tax_amount,
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
        {{ lost_values('records', decimals=['total'], epochs=['created']) }} as lost_values
    from records
    left join tax_totals
        on records.record_id = tax_totals.record_id
    left join currencies
        on upper(records.currency) = currencies.currency_code
)

select * from final
