with targets as (
    select * from {{ ref('int_targets_resolved') }}
),

written as (
    select * from {{ ref('int_targets_unioned') }}
),

sales_reps as (
    select * from {{ ref('int_sales_reps_known') }}
),

definitions as (
    select * from {{ ref('kpi_definitions') }}
),

-- a spreadsheet of targets names the reps of the CRM by their id
reps_by_id as (
    select
        sales_rep_id,
        min(sales_rep_key) as sales_rep_key
    from sales_reps
    group by sales_rep_id
    having count(*) = 1
),

kpis as (
    select
        kpi,
        max(direction) as direction,
        max(owner) as owner
    from definitions
    group by kpi
),

final as (
    select
        {{ surrogate_key([
            'targets.kpi', 'targets.period_grain', 'targets.period_start_date', 'targets.dimension',
            'targets.member'
        ]) }} as sales_target_key,
        targets.source_system,
        targets.kpi,
        targets.period_grain,
        targets.period_start_date,
        targets.dimension,
        targets.member,
        coalesce(reps_by_id.sales_rep_key, '(unknown)') as sales_rep_key,
        kpis.owner,
        kpis.direction,
        targets.currency_code,
        targets.target_amount,
        targets.target_amount_reporting,
        targets.target_value,
        targets.baseline_value,
        targets.relative_to,
        targets.relative_change,
        targets.path_step,
        written.source_url
    from targets
    left join written
        on targets.source_system = written.source_system
        and targets.record_id = written.record_id
    left join kpis
        on targets.kpi = kpis.kpi
    left join reps_by_id
        on targets.dimension = 'sales_rep'
        and targets.member = reps_by_id.sales_rep_id
)

select * from final
