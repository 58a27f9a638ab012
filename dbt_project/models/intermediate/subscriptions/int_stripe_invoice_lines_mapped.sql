{{ config(key='invoice_line_id') }}

with lines as (
    select * from {{ ref('stg_stripe__invoice_lines') }}
),

final as (
    select
        invoice_line_id,
        invoice_id,
        product_id,
        amount,
        cast(quantity as decimal(18, 4)) as quantity,
        {{ reporting_date('period_starts_at') }} as period_start,
        {{ reporting_date('period_ends_at') }} as period_end,
        is_proration,
        line_type,
        source_system,
        record_id,
        updated_at,
        is_deleted,
        cast(null as {{ dbt.type_string() }}) as source_url
    from lines
)

select * from final
