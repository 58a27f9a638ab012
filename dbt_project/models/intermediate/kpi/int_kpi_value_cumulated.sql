with increments as (
    select * from {{ ref('int_kpi_increments_value') }}
),

calendar_periods as (
    select * from {{ ref('int_calendar_periods') }}
),

periods as (
    select * from {{ ref('int_kpi_periods') }}
),

margins as (
    select * from {{ ref('int_gross_margins_dated') }}
),

widened as (
    {{ with_all_dimensions(
        'increments',
        ['channel', 'region', 'segment'],
        keep=['kpi', 'increment_date', 'numerator', 'denominator']
    ) }}
),

by_member as (
    {{ rows_by_member('widened', ['kpi', 'increment_date', 'numerator', 'denominator']) }}
),

first_days as (
    select min(calendar_date) as first_date
    from calendar_periods
),

-- what happened before the calendar begins has happened by its first day
by_period as (
    select
        by_member.kpi,
        calendar_periods.period_grain,
        calendar_periods.period_start_date,
        by_member.dimension,
        by_member.member,
        sum(by_member.numerator) as numerator,
        sum(by_member.denominator) as denominator
    from by_member
    cross join first_days
    inner join calendar_periods
        on greatest(by_member.increment_date, first_days.first_date) = calendar_periods.calendar_date
    group by
        by_member.kpi,
        calendar_periods.period_grain,
        calendar_periods.period_start_date,
        by_member.dimension,
        by_member.member
),

beginnings as (
    select
        kpi,
        period_grain,
        dimension,
        member,
        min(period_start_date) as first_start_date
    from by_period
    group by kpi, period_grain, dimension, member
),

-- what has begun goes on, whether anything happens in a period or not
spine as (
    select
        beginnings.kpi,
        beginnings.dimension,
        beginnings.member,
        periods.period_grain,
        periods.period_start_date,
        periods.closing_date
    from beginnings
    inner join periods
        on beginnings.period_grain = periods.period_grain
        and beginnings.first_start_date <= periods.period_start_date
    where beginnings.kpi <> 'customer_lifetime_months' or periods.period_grain not in ('day', 'week')
),

cumulated as (
    select
        spine.kpi,
        spine.period_grain,
        spine.period_start_date,
        spine.closing_date,
        spine.dimension,
        spine.member,
        sum(coalesce(by_period.numerator, 0)) over (
            partition by spine.kpi, spine.period_grain, spine.dimension, spine.member
            order by spine.period_start_date
            rows between unbounded preceding and current row
        ) as numerator,
        sum(coalesce(by_period.denominator, 0)) over (
            partition by spine.kpi, spine.period_grain, spine.dimension, spine.member
            order by spine.period_start_date
            rows between unbounded preceding and current row
        ) as denominator
    from spine
    left join by_period
        on spine.kpi = by_period.kpi
        and spine.period_grain = by_period.period_grain
        and spine.period_start_date = by_period.period_start_date
        and spine.dimension = by_period.dimension
        and spine.member = by_period.member
),

final as (
    select
        kpi,
        period_grain,
        period_start_date,
        dimension,
        member,
        cast(numerator as decimal(38, 6)) as numerator,
        cast(denominator as decimal(38, 6)) as denominator
    from cumulated
    union all
    select
        'clv_historic_margin' as kpi,
        cumulated.period_grain,
        cumulated.period_start_date,
        cumulated.dimension,
        cumulated.member,
        cast(
            cast(cumulated.numerator as decimal(20, 2)) * cast(margins.gross_margin_ratio as decimal(5, 4))
            as decimal(38, 6)
        ) as numerator,
        cast(cumulated.denominator as decimal(38, 6)) as denominator
    from cumulated
    left join margins
        on cumulated.closing_date >= margins.valid_from
        and cumulated.closing_date < margins.valid_to
    where cumulated.kpi = 'clv_historic_revenue'
)

select * from final
