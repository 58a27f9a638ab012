with spans as (
    select * from {{ ref('int_kpi_spans_listed') }}
),

distinct_spans as (
    select distinct span_number, first_date, last_date
    from spans
),

days as (
    {{ expand_days('distinct_spans', ['span_number'], 'first_date', 'last_date') }}
),

final as (
    select
        span_number,
        date_day as calendar_date
    from days
)

select * from final
