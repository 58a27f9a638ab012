with spans as (
    select * from {{ ref('int_kpi_spans_listed') }}
),

final as (
    select
        newer.period_grain,
        newer.period_start_date,
        newer.span_number as span_now,
        older.span_number as span_then
    from spans as newer
    inner join spans as older
        on
            newer.period_grain = older.period_grain
            and newer.period_start_date = older.period_start_date
            and older.comparison = 'previous'
    where newer.comparison = 'current'
)

select * from final
