with completed as (
    select * from {{ ref('int_kpi_values_completed') }}
),

definitions as (
    select * from {{ ref('kpi_definitions') }}
),

periods as (
    select * from {{ ref('int_kpi_periods_planned') }}
),

run_parameters as (
    select * from {{ ref('int_run_parameters') }}
),

targets as (
    select * from {{ ref('fct_sales_targets') }}
),

sales_reps as (
    select * from {{ ref('dim_sales_reps') }}
),

products as (
    select * from {{ ref('dim_products') }}
),

product_names as (
    select product_id, max(product_name) as product_name
    from products
    group by product_id
),

rep_names as (
    select sales_rep_id, max(sales_rep_name) as sales_rep_name
    from sales_reps
    group by sales_rep_id
),

final as (
    select
        completed.kpi,
        completed.version,
        completed.period_grain,
        completed.period_start_date,
        completed.dimension,
        completed.member,
        completed.numerator,
        completed.denominator,
        completed.value,
        completed.sample_count,
        cast(coalesce(targets.target_value, targets.target_amount_reporting) as decimal(18, 6)) as target_value,
        completed.value
        / nullif(cast(coalesce(targets.target_amount_reporting, targets.target_value) as double), 0) as attainment,
        previous.value as previous_value,
        previous_year.value as previous_year_value,
        case
            when completed.value is null or previous.value is null then 'unknown'
            when completed.value = previous.value then 'unchanged'
            when (completed.value > previous.value) = (definitions.direction = 'up') then 'better'
            else 'worse'
        end as trend_status,
        run_parameters.as_of_date,
        cast(null as {{ dbt.type_string() }}) as build_id,
        case
            when completed.dimension = 'sales_rep' then coalesce(rep_names.sales_rep_name, completed.member)
            when completed.dimension = 'product' then coalesce(product_names.product_name, completed.member)
            else completed.member
        end as member_label,
        periods.period_end_date,
        periods.is_complete_period,
        cast(null as decimal(9, 6)) as maturity,
        definitions.unit,
        definitions.aggregation,
        coalesce(completed.sample_count < 30, false) as is_small_sample
    from completed
    inner join definitions
        on completed.kpi = definitions.kpi and completed.version = definitions.version
    inner join periods
        on completed.period_grain = periods.period_grain and completed.period_start_date = periods.period_start_date
    cross join run_parameters
    left join completed as previous
        on
            completed.kpi = previous.kpi
            and completed.version = previous.version
            and completed.period_grain = previous.period_grain
            and completed.dimension = previous.dimension
            and completed.member = previous.member
            and periods.previous_period_start_date = previous.period_start_date
    left join completed as previous_year
        on
            completed.kpi = previous_year.kpi
            and completed.version = previous_year.version
            and completed.period_grain = previous_year.period_grain
            and completed.dimension = previous_year.dimension
            and completed.member = previous_year.member
            and periods.previous_year_start_date = previous_year.period_start_date
    left join targets
        on
            completed.kpi = targets.kpi
            and completed.period_grain = targets.period_grain
            and completed.period_start_date = targets.period_start_date
            and completed.dimension = targets.dimension
            and completed.member = targets.member
    left join rep_names
        on completed.dimension = 'sales_rep' and completed.member = rep_names.sales_rep_id
    left join product_names
        on completed.dimension = 'product' and completed.member = product_names.product_id
)

select * from final
