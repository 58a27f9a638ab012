{{ config(unique_key=['source_system', 'record_id']) }}

with records as (
    {{ latest_records(
        source('raw_stripe', 'invoices'),
        {
            'customer': 'customer',
            'subscription': 'subscription',
            'charge': 'charge',
            'status': 'status',
            'billing_reason': 'billing_reason',
            'currency': 'currency',
            'total': 'total',
            'tax': 'tax',
            'created': 'created',
            'due_date': 'due_date',
            'finalized_at': 'status_transitions.finalized_at',
            'paid_at': 'status_transitions.paid_at',
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
        records.record_id as invoice_id,
        records.customer as customer_id,
        records.subscription as subscription_id,
        records.charge as charge_id,
        -- text
        records.status,
        records.billing_reason,
        upper(records.currency) as currency_code,
        -- money
        {{ minor_units_to_amount('records.total', 'currencies.exponent') }} as total_amount,
        coalesce({{ minor_units_to_amount('records.tax', 'currencies.exponent') }}, 0) as tax_amount,
        -- timestamps
        {{ safe_epoch_timestamp('records.created') }} as created_at,
        {{ safe_epoch_timestamp('records.due_date') }} as due_at,
        {{ safe_epoch_timestamp('records.finalized_at') }} as finalised_at,
        {{ safe_epoch_timestamp('records.paid_at') }} as paid_at,
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
            decimals=['total', 'tax'],
            epochs=['created', 'due_date', 'finalized_at', 'paid_at'],
        ) }} as lost_values
    from records
    left join currencies
        on upper(records.currency) = currencies.currency_code
)

select * from final
