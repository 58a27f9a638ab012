with counted as (
    select * from {{ ref('int_lead_cohorts_counted') }}
),

calendar_days as (
    select * from {{ ref('int_calendar_days') }}
),

run_parameters as (
    select * from {{ ref('int_run_parameters') }}
),

inputs as (
    select * from {{ ref('int_kpi_inputs_found') }}
),

found as (
    select
        max(case when input = 'mql_events' and is_found then 1 else 0 end) = 1 as has_mqls,
        max(case when input = 'sql_events' and is_found then 1 else 0 end) = 1 as has_sqls,
        max(case when input = 'opportunity_contacts' and is_found then 1 else 0 end) = 1 as has_contacts
    from inputs
),

-- the month that is running has begun and is not over
months as (
    select
        calendar_days.month_start_date,
        calendar_days.month_end_date,
        calendar_days.month_end_date <= run_parameters.as_of_date as is_over
    from calendar_days
    inner join run_parameters
        on calendar_days.calendar_date <= run_parameters.as_of_date
    where calendar_days.calendar_date = calendar_days.month_start_date
),

cohorts as (
    select
        cohort_month_date,
        channel,
        sum(lead_count) as lead_count
    from counted
    group by cohort_month_date, channel
),

-- reached by the end of the month, however long ago
cumulated as (
    select
        cohorts.cohort_month_date,
        cohorts.channel,
        cohorts.lead_count,
        months.month_start_date,
        months.month_end_date,
        months.is_over,
        sum(coalesce(counted.mql_count, 0)) over cohort_so_far as mql_count,
        sum(coalesce(counted.sql_count, 0)) over cohort_so_far as sql_count,
        sum(coalesce(counted.opportunity_count, 0)) over cohort_so_far as opportunity_count,
        sum(coalesce(counted.won_count, 0)) over cohort_so_far as won_count
    from cohorts
    inner join months
        on cohorts.cohort_month_date <= months.month_start_date
    left join counted
        on cohorts.cohort_month_date = counted.cohort_month_date
        and cohorts.channel = counted.channel
        and months.month_start_date = counted.month_start_date
    window cohort_so_far as (
        partition by cohorts.cohort_month_date, cohorts.channel
        order by months.month_start_date
        rows between unbounded preceding and current row
    )
),

-- what has not been lived through is unknown, not 0, and so is what no source gives
final as (
    select
        {{ surrogate_key(['cumulated.cohort_month_date', 'cumulated.channel', 'cumulated.month_start_date']) }}
            as lead_cohort_key,
        cumulated.cohort_month_date,
        cumulated.channel,
        cast({{ date_diff_months('cumulated.cohort_month_date', 'cumulated.month_start_date') }} as integer)
            as age_months,
        cumulated.month_end_date,
        cumulated.is_over as is_mature,
        cast(cumulated.lead_count as bigint) as lead_count,
        cast(case when cumulated.is_over and found.has_mqls then cumulated.mql_count end as bigint) as mql_count,
        cast(case when cumulated.is_over and found.has_sqls then cumulated.sql_count end as bigint) as sql_count,
        cast(case when cumulated.is_over and found.has_contacts then cumulated.opportunity_count end as bigint)
            as opportunity_count,
        cast(case when cumulated.is_over and found.has_contacts then cumulated.won_count end as bigint) as won_count
    from cumulated
    cross join found
)

select * from final
