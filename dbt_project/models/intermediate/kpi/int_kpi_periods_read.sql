with periods as (
    select * from {{ ref('int_kpi_periods_planned') }}
),

final as (
    select
        period_start_date,
        period_start_date as read_start_date
    from periods
    union
    select
        period_start_date,
        previous_period_start_date as read_start_date
    from periods
    union
    select
        period_start_date,
        previous_year_start_date as read_start_date
    from periods
)

select * from final
