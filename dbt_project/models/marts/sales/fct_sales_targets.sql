with targets as (
    select * from {{ ref('int_targets_converted') }}
),

sales_reps as (
    select * from {{ ref('int_sales_reps_known') }}
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
        targets.currency_code,
        case when targets.currency_code is not null then cast(targets.target_value as decimal(18, 2)) end
            as target_amount,
        targets.target_amount_reporting,
        case when targets.currency_code is null then targets.target_value end as target_value
    from targets
    left join reps_by_id
        on targets.dimension = 'sales_rep'
        and targets.member = reps_by_id.sales_rep_id
)

select * from final
