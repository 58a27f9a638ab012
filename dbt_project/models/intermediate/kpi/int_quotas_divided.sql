with targets as (
    select * from {{ ref('int_targets_converted') }}
),

periods as (
    select * from {{ ref('int_kpi_periods_planned') }}
),

working_days as (
    select * from {{ ref('int_working_days') }}
),

sales_reps as (
    select * from {{ ref('int_sales_reps_known') }}
),

run_parameters as (
    select * from {{ ref('int_run_parameters') }}
),

-- a spreadsheet of targets names the reps of the CRM by their id
employed as (
    select
        sales_reps.sales_rep_id,
        min(sales_reps.employed_from) as employed_from,
        min(
            case when sales_reps.employed_to <= run_parameters.as_of_date then sales_reps.employed_to end
        ) as employed_to
    from sales_reps
    cross join run_parameters
    group by sales_reps.sales_rep_id
    having count(*) = 1
),

quotas as (
    select
        period_grain,
        period_start_date,
        {{ period_end('period_grain', 'period_start_date') }} as period_end_date,
        dimension,
        member,
        target_amount_reporting
    from targets
    where kpi = 'credited_sales_amount' and target_amount_reporting is not null
),

-- a rep's quota is for the days of employment in its period
ranged as (
    select
        quotas.*,
        greatest(
            quotas.period_start_date, coalesce(employed.employed_from, quotas.period_start_date)
        ) as first_date,
        least(
            quotas.period_end_date,
            coalesce({{ date_add_days('employed.employed_to', -1) }}, quotas.period_end_date)
        ) as last_date
    from quotas
    left join employed
        on quotas.dimension = 'sales_rep'
        and quotas.member = employed.sales_rep_id
),

own as (
    select
        periods.period_grain,
        periods.period_start_date,
        ranged.dimension,
        ranged.member,
        ranged.target_amount_reporting,
        1 as priority,
        0 as grain_days
    from ranged
    inner join periods
        on ranged.period_grain = periods.period_grain
        and ranged.period_start_date = periods.period_start_date
),

-- weeks do not fill a longer period
summed as (
    select
        periods.period_grain,
        periods.period_start_date,
        ranged.dimension,
        ranged.member,
        sum(ranged.target_amount_reporting) as target_amount_reporting,
        2 as priority,
        -max({{ date_diff_days('ranged.period_start_date', 'ranged.period_end_date') }}) as grain_days
    from ranged
    inner join periods
        on ranged.period_start_date >= periods.period_start_date
        and ranged.period_end_date <= periods.period_end_date
        and ranged.period_grain <> periods.period_grain
    where ranged.period_grain <> 'week'
    group by
        periods.period_grain,
        periods.period_start_date,
        ranged.dimension,
        ranged.member,
        ranged.period_grain
),

parts as (
    select
        periods.period_grain,
        periods.period_start_date,
        ranged.dimension,
        ranged.member,
        ranged.target_amount_reporting,
        ranged.first_date as whole_first_date,
        ranged.last_date as whole_last_date,
        greatest(periods.period_start_date, ranged.first_date) as part_first_date,
        least(periods.period_end_date, ranged.last_date) as part_last_date
    from ranged
    inner join periods
        on ranged.period_start_date <= periods.period_start_date
        and ranged.period_end_date >= periods.period_end_date
        and ranged.period_grain <> periods.period_grain
),

counted as (
    select
        parts.*,
        cast(
            whole_end.working_days_so_far - whole_start.working_days_so_far + whole_start.working_day_count
            as decimal(9, 0)
        ) as whole_days,
        cast(
            part_start.working_days_so_far - part_start.working_day_count
            - whole_start.working_days_so_far + whole_start.working_day_count
            as decimal(9, 0)
        ) as days_before,
        cast(
            part_end.working_days_so_far - whole_start.working_days_so_far + whole_start.working_day_count
            as decimal(9, 0)
        ) as days_through
    from parts
    inner join working_days as whole_start on parts.whole_first_date = whole_start.calendar_date
    inner join working_days as whole_end on parts.whole_last_date = whole_end.calendar_date
    inner join working_days as part_start on parts.part_first_date = part_start.calendar_date
    inner join working_days as part_end on parts.part_last_date = part_end.calendar_date
    where parts.part_first_date <= parts.part_last_date
),

-- rounding what has accrued, not each part, makes the parts sum to the target
divided as (
    select
        period_grain,
        period_start_date,
        dimension,
        member,
        {{ divide_money('target_amount_reporting * days_through', 'whole_days', var('reporting_minor_units'), 2) }}
        - {{ divide_money('target_amount_reporting * days_before', 'whole_days', var('reporting_minor_units'), 2) }}
            as target_amount_reporting,
        3 as priority,
        {{ date_diff_days('whole_first_date', 'whole_last_date') }} as grain_days
    from counted
    where whole_days > 0
),

candidates as (
    select period_grain, period_start_date, dimension, member, target_amount_reporting, priority, grain_days
    from own
    union all
    select period_grain, period_start_date, dimension, member, target_amount_reporting, priority, grain_days
    from summed
    union all
    select period_grain, period_start_date, dimension, member, target_amount_reporting, priority, grain_days
    from divided
),

-- as written wins; else the sum of the longest shorter periods; else a part of the shortest longer one
ranked as (
    select
        *,
        row_number() over (
            partition by period_grain, period_start_date, dimension, member order by priority, grain_days
        ) as choice
    from candidates
),

final as (
    select
        period_grain,
        period_start_date,
        dimension,
        member,
        cast(target_amount_reporting as decimal(18, 2)) as target_amount_reporting
    from ranked
    where choice = 1
)

select * from final
