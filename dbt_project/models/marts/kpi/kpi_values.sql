{{ config(
    key='kpi, period_start_date',
    reached={
        'int_kpi_values_completed': 'kpi, period_start_date = int_kpi_periods_read.kpi, read_start_date',
        'int_kpi_periods_planned': 'period_start_date = int_kpi_periods_read.read_start_date'
    },
    stamps={'int_run_parameters': ['as_of_date']},
    compared=false
) }}
-- depends_on: {{ ref('int_kpi_periods_read') }}

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

compared as (
    select * from {{ ref('int_kpi_values_compared') }}
    where comparison = 'previous' and not is_complete_period
),

targets as (
    select * from {{ ref('fct_sales_targets') }}
),

sales_reps as (
    select * from {{ ref('dim_sales_reps') }}
),

cohorts as (
    select * from {{ ref('int_kpi_cohorts_matured') }}
),

products as (
    select * from {{ ref('dim_products') }}
),

labels as (
    select 'product' as dimension, product_id as member, max(product_name) as member_label
    from products
    group by product_id
    union all
    select 'sales_rep' as dimension, sales_rep_id as member, max(sales_rep_name) as member_label
    from sales_reps
    group by sales_rep_id
),

-- a member without a row had nothing, as long as the period is one of those that are told
empty_values as (
    select
        kpi,
        version,
        case when is_zero_when_empty and not has_denominator then cast(0 as double) end as value
    from definitions
),

told as (
    select period_grain, period_start_date
    from periods
    where not is_future
),

with_previous as (
    select
        completed.*,
        periods.period_end_date,
        periods.is_complete_period,
        periods.previous_period_start_date,
        case
            when previous.kpi is not null then previous.value
            when earlier.period_start_date is not null and completed.numerator is not null then empty_values.value
        end as previous_value,
        case
            when previous_year.kpi is not null then previous_year.value
            when year_earlier.period_start_date is not null and completed.numerator is not null then empty_values.value
        end as previous_year_value
    from completed
    inner join empty_values
        on completed.kpi = empty_values.kpi and completed.version = empty_values.version
    inner join periods
        on completed.period_grain = periods.period_grain and completed.period_start_date = periods.period_start_date
    left join told as earlier
        on
            periods.period_grain = earlier.period_grain
            and periods.previous_period_start_date = earlier.period_start_date
    left join told as year_earlier
        on
            periods.period_grain = year_earlier.period_grain
            and periods.previous_year_start_date = year_earlier.period_start_date
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
),

-- a running period is compared with as many days of the one before
with_trend as (
    select
        with_previous.*,
        case
            when with_previous.is_complete_period then with_previous.previous_value
            else compared.compared_value
        end as comparable_value
    from with_previous
    left join compared
        on
            with_previous.kpi = compared.kpi
            and with_previous.version = compared.version
            and with_previous.period_grain = compared.period_grain
            and with_previous.period_start_date = compared.period_start_date
            and with_previous.dimension = compared.dimension
            and with_previous.member = compared.member
),

final as (
    select
        with_trend.kpi,
        with_trend.version,
        with_trend.period_grain,
        with_trend.period_start_date,
        with_trend.dimension,
        with_trend.member,
        with_trend.numerator,
        with_trend.denominator,
        with_trend.value,
        with_trend.sample_count,
        cast(coalesce(targets.target_value, targets.target_amount_reporting) as decimal(18, 6)) as target_value,
        with_trend.value
        / nullif(cast(coalesce(targets.target_amount_reporting, targets.target_value) as double), 0) as attainment,
        with_trend.previous_value,
        with_trend.previous_year_value,
        {{ trend_status('with_trend.value', 'with_trend.comparable_value', 'definitions.direction') }} as trend_status,
        run_parameters.as_of_date,
        cast(null as {{ dbt.type_string() }}) as build_id,
        coalesce(labels.member_label, with_trend.member) as member_label,
        with_trend.period_end_date,
        with_trend.is_complete_period,
        -- where an input is missing, the value is unknown and so is its maturity
        cast(case when with_trend.denominator is not null then cohorts.maturity end as decimal(9, 6)) as maturity,
        definitions.unit,
        definitions.aggregation,
        coalesce(with_trend.sample_count < 30, false) as is_small_sample,
        -- a period has the definition of its first day
        {{ is_in_force('definitions', 'with_trend.period_start_date') }} as is_official_version,
        definitions.version > 1
        and with_trend.period_start_date >= definitions.valid_from
        and with_trend.previous_period_start_date < definitions.valid_from as is_definition_break
    from with_trend
    inner join definitions
        on with_trend.kpi = definitions.kpi and with_trend.version = definitions.version
    cross join run_parameters
    left join targets
        on
            with_trend.kpi = targets.kpi
            and with_trend.period_grain = targets.period_grain
            and with_trend.period_start_date = targets.period_start_date
            and with_trend.dimension = targets.dimension
            and with_trend.member = targets.member
            -- a target speaks of the official version
            and {{ is_in_force('definitions', 'targets.period_start_date') }}
    left join cohorts
        on
            with_trend.kpi = cohorts.kpi
            and with_trend.period_grain = cohorts.period_grain
            and with_trend.period_start_date = cohorts.period_start_date
            and with_trend.dimension = cohorts.dimension
            and with_trend.member = cohorts.member
    left join labels
        on with_trend.dimension = labels.dimension and with_trend.member = labels.member
)

select * from final
