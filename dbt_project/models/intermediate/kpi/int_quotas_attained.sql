with quotas as (
    select * from {{ ref('int_quotas_effective') }}
),

credited as (
    select * from {{ ref('int_kpi_components_aggregated_to_periods') }}
    where kpi = 'credited_sales_amount'
),

periods as (
    select * from {{ ref('int_kpi_periods_planned') }}
),

working_days as (
    select * from {{ ref('int_working_days') }}
),

attained as (
    select
        quotas.period_grain,
        quotas.period_start_date,
        quotas.dimension,
        quotas.member,
        periods.closing_date,
        periods.period_end_date,
        periods.is_future,
        coalesce(credited.numerator, 0) as credited_amount,
        coalesce(credited.fact_count, 0) as credited_count,
        quotas.target_amount_reporting
    from quotas
    inner join periods
        on quotas.period_grain = periods.period_grain
        and quotas.period_start_date = periods.period_start_date
    left join credited
        on
            quotas.period_grain = credited.period_grain
            and quotas.period_start_date = credited.period_start_date
            and quotas.dimension = credited.dimension
            and quotas.member = credited.member
),

elapsed as (
    select
        attained.*,
        closing.working_days_so_far - starting.working_days_so_far + starting.working_day_count as days_elapsed,
        ending.working_days_so_far - starting.working_days_so_far + starting.working_day_count as days_in_all
    from attained
    inner join working_days as starting
        on attained.period_start_date = starting.calendar_date
    left join working_days as closing
        on attained.closing_date = closing.calendar_date
    inner join working_days as ending
        on attained.period_end_date = ending.calendar_date
),

final as (
    select
        period_grain,
        period_start_date,
        dimension,
        member,
        is_future,
        cast(credited_amount as decimal(38, 6)) as credited_amount,
        cast(credited_count as bigint) as credited_count,
        cast(target_amount_reporting as decimal(38, 6)) as target_amount,
        cast(days_elapsed as integer) as days_elapsed,
        cast(days_in_all as integer) as days_in_all
    from elapsed
)

select * from final
