with targets as (
    select * from {{ ref('int_targets_unioned') }}
),

calendar_periods as (
    select * from {{ ref('int_calendar_periods') }}
),

run_parameters as (
    select * from {{ ref('int_run_parameters') }}
),

in_force as (
    select targets.*
    from targets
    cross join run_parameters
    where not targets.is_deleted
        and coalesce(targets.valid_from, date '1900-01-01') <= run_parameters.as_of_date
        and coalesce(targets.valid_to, date '9999-12-31') > run_parameters.as_of_date
),

starts as (
    select distinct
        period_grain,
        period_start_date
    from calendar_periods
),

-- from the baseline to the target in equal steps, one a period
steps as (
    select
        in_force.source_system,
        in_force.record_id,
        starts.period_start_date as step_start_date,
        row_number() over (
            partition by in_force.source_system, in_force.record_id order by starts.period_start_date
        ) as path_step
    from in_force
    inner join starts
        on in_force.period_grain = starts.period_grain
        and in_force.period_start_date <= starts.period_start_date
    where in_force.path_periods > 1
        and in_force.baseline_value is not null
        and in_force.target_value is not null
),

final as (
    select
        in_force.source_system,
        in_force.record_id,
        in_force.kpi,
        in_force.period_grain,
        coalesce(steps.step_start_date, in_force.period_start_date) as period_start_date,
        in_force.dimension,
        in_force.member,
        case
            when steps.path_step is not null
                then cast(
                    in_force.baseline_value
                    + {{ divide_money(
                        'cast(in_force.target_value - in_force.baseline_value as decimal(20, 6)) * steps.path_step',
                        'in_force.path_periods', 6, 6
                    ) }}
                    as decimal(18, 6)
                )
            when in_force.target_value is not null then in_force.target_value
            when in_force.relative_to = 'baseline'
                then cast(
                    round(in_force.baseline_value * cast(1 + in_force.relative_change as decimal(19, 6)), 6)
                    as decimal(18, 6)
                )
        end as target_value,
        in_force.currency_code,
        in_force.valid_from,
        in_force.baseline_value,
        case when in_force.target_value is null then in_force.relative_to end as relative_to,
        in_force.relative_change,
        cast(steps.path_step as integer) as path_step,
        in_force.updated_at
    from in_force
    left join steps
        on
            in_force.source_system = steps.source_system
            and in_force.record_id = steps.record_id
            and in_force.path_periods >= steps.path_step
)

select * from final
