with month_ends as (
    select * from {{ ref('int_mrr_month_ends') }}
),

calendar_periods as (
    select * from {{ ref('int_calendar_periods') }}
),

closings as (
    select
        calendar_periods.period_grain,
        calendar_periods.period_start_date,
        max(month_ends.month_end_date) as closing_date
    from month_ends
    inner join calendar_periods
        on month_ends.month_end_date = calendar_periods.calendar_date
    where calendar_periods.period_grain not in ('day', 'week')
    group by calendar_periods.period_grain, calendar_periods.period_start_date
),

final as (
    select
        'period' as compared_span,
        period_grain,
        period_start_date,
        {{ date_add_days('period_start_date', -1) }} as opening_date,
        closing_date
    from closings
    union all
    -- a month's last day is compared with a month's last day, also in February
    select
        '12_months' as compared_span,
        period_grain,
        period_start_date,
        greatest(
            {{ date_add_months('closing_date', -12) }},
            {{ date_add_days(date_add_months(date_add_days('closing_date', 1), -12), -1) }}
        ) as opening_date,
        closing_date
    from closings
)

select * from final
