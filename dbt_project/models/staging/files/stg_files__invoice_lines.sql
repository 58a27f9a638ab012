{{ config(unique_key=['source_system', 'record_id']) }}

with records as (
    {{ latest_records(
        source('raw_files', 'invoice_lines'),
        {
            'invoice_line_id': 'mapped.invoice_line_id',
            'invoice_id': 'mapped.invoice_id',
            'product_id': 'mapped.product_id',
            'amount': 'mapped.amount',
            'quantity': 'mapped.quantity',
            'period_start': 'mapped.period_start',
            'period_end': 'mapped.period_end',
            'is_proration': 'mapped.is_proration',
            'line_type': 'mapped.line_type',
            'product_name': 'mapped.product_name',
            'source_url': 'mapped.source_url',
            'row_is_deleted': 'mapped.is_deleted',
        }
    ) }}
),

final as (
    select
        -- ids
        {{ clean_text('records.invoice_line_id') }} as invoice_line_id,
        {{ clean_text('records.invoice_id') }} as invoice_id,
        {{ clean_text('records.product_id') }} as product_id,
        -- text
        {{ clean_text('records.line_type') }} as line_type,
        {{ clean_text('records.product_name') }} as product_name,
        {{ clean_text('records.source_url') }} as source_url,
        -- money
        {{ safe_decimal('records.amount', 18, 4) }} as amount,
        -- numbers
        {{ safe_decimal('records.quantity', 18, 4) }} as quantity,
        -- booleans
        coalesce({{ safe_boolean('records.is_proration') }}, false) as is_proration,
        -- dates
        {{ safe_date('records.period_start') }} as period_start,
        {{ safe_date('records.period_end') }} as period_end,
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
            decimals=['amount', 'quantity'],
            booleans=['is_proration', 'row_is_deleted'],
            dates=['period_start', 'period_end'],
        ) }} as lost_values
    from records
)

select * from final
