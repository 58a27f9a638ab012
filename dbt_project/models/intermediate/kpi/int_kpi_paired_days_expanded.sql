with pairs as (
    select * from {{ ref('int_kpi_spans_paired') }}
),

span_days as (
    select * from {{ ref('int_kpi_span_days_expanded') }}
),

sides as (
    select span_now, span_now as span_number
    from pairs
    union
    select span_now, span_then as span_number
    from pairs
),

final as (
    select
        sides.span_now,
        sides.span_number,
        span_days.calendar_date
    from sides
    inner join span_days
        on sides.span_number = span_days.span_number
)

select * from final
