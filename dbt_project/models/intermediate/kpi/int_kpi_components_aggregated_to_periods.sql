{{ config(adds=['int_kpi_components_unioned'], sums=['numerator', 'denominator', 'fact_count']) }}

with components as (
    select * from {{ ref('int_kpi_components_unioned') }}
),

calendar_periods as (
    select * from {{ ref('int_calendar_periods') }}
),

by_member as (
    {{ rows_by_member(
        'components',
        [
            'kpi', 'component_date', 'numerator', 'denominator', 'fact_count', 'row_count', 'numerator_count',
            'denominator_count'
        ],
        scope='component_scope'
    ) }}
),

-- a day has few members but many combinations of them
by_day as (
    select
        kpi,
        component_date,
        dimension,
        member,
        sum(numerator) as numerator,
        sum(denominator) as denominator,
        sum(fact_count) as fact_count,
        sum(row_count) as row_count,
        sum(numerator_count) as numerator_count,
        sum(denominator_count) as denominator_count
    from by_member
    group by kpi, component_date, dimension, member
),

final as (
    select
        by_day.kpi,
        calendar_periods.period_grain,
        calendar_periods.period_start_date,
        by_day.dimension,
        by_day.member,
        cast(sum(by_day.numerator) as decimal(38, 6)) as numerator,
        cast(sum(by_day.denominator) as decimal(38, 6)) as denominator,
        cast(sum(by_day.fact_count) as bigint) as fact_count,
        cast(sum(by_day.row_count) as bigint) as row_count,
        cast(sum(by_day.numerator_count) as bigint) as numerator_count,
        cast(sum(by_day.denominator_count) as bigint) as denominator_count
    from by_day
    inner join calendar_periods
        on by_day.component_date = calendar_periods.calendar_date
    group by
        by_day.kpi,
        calendar_periods.period_grain,
        calendar_periods.period_start_date,
        by_day.dimension,
        by_day.member
)

select * from final
