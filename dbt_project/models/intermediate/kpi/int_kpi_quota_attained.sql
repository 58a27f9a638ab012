with targets as (
    select * from {{ ref('int_targets_converted') }}
),

credited as (
    select * from {{ ref('int_kpi_components_aggregated_to_periods') }}
),

periods as (
    select * from {{ ref('int_kpi_periods') }}
),

quotas as (
    select
        period_grain,
        period_start_date,
        dimension,
        member,
        target_amount_reporting
    from targets
    where kpi = 'credited_sales_amount'
),

-- A quarter's own row wins over the sum of its months.
candidates as (
    select
        *,
        1 as priority
    from quotas
    where period_grain in ('month', 'quarter')
    union all
    select
        'quarter' as period_grain,
        {{ quarter_start('period_start_date') }} as period_start_date,
        dimension,
        member,
        sum(target_amount_reporting) as target_amount_reporting,
        2 as priority
    from quotas
    where period_grain = 'month'
    group by {{ quarter_start('period_start_date') }}, dimension, member
),

written as (
    select
        period_grain,
        period_start_date,
        dimension,
        member,
        target_amount_reporting,
        row_number() over (
            partition by period_grain, period_start_date, dimension, member order by priority
        ) as choice
    from candidates
),

-- The company's own row wins over the sum of its teams, and that over the sum of its reps.
levels as (
    select
        period_grain,
        period_start_date,
        case dimension when 'total' then 1 when 'team' then 2 else 3 end as level,
        sum(target_amount_reporting) as target_amount_reporting
    from written
    where choice = 1
    group by
        period_grain,
        period_start_date,
        case dimension when 'total' then 1 when 'team' then 2 else 3 end
),

company as (
    select
        period_grain,
        period_start_date,
        target_amount_reporting,
        row_number() over (partition by period_grain, period_start_date order by level) as choice
    from levels
),

effective as (
    select period_grain, period_start_date, dimension, member, target_amount_reporting
    from written
    where choice = 1 and dimension in ('team', 'sales_rep')
    union all
    select period_grain, period_start_date, 'total' as dimension, 'all' as member, target_amount_reporting
    from company
    where choice = 1
),

final as (
    select
        'quota_attainment' as kpi,
        effective.period_grain,
        effective.period_start_date,
        effective.dimension,
        effective.member,
        cast(coalesce(credited.numerator, 0) as decimal(38, 6)) as numerator,
        cast(effective.target_amount_reporting as decimal(38, 6)) as denominator
    from effective
    inner join periods
        on
            effective.period_grain = periods.period_grain
            and effective.period_start_date = periods.period_start_date
    left join credited
        on
            credited.kpi = 'credited_sales_amount'
            and effective.period_grain = credited.period_grain
            and effective.period_start_date = credited.period_start_date
            and effective.dimension = credited.dimension
            and effective.member = credited.member
)

select * from final
