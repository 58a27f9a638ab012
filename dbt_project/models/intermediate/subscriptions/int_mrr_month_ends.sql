{{ config(day='month_end_date') }}

with periods as (
    select * from {{ ref('int_subscription_periods_normalised') }}
),

run_parameters as (
    select * from {{ ref('int_run_parameters') }}
),

first_dates as (
    select min(valid_from_date) as first_date
    from periods
),

bounds as (
    select
        {{ month_start('first_dates.first_date') }} as first_date,
        run_parameters.as_of_date
    from first_dates
    cross join run_parameters
    where first_dates.first_date <= run_parameters.as_of_date
),

days as (
    {{ expand_days('bounds', ['as_of_date'], 'first_date', 'as_of_date') }}
),

-- the running month ends where the build does
months as (
    select
        {{ month_start('date_day') }} as month_start_date,
        max(date_day) as month_end_date
    from days
    group by {{ month_start('date_day') }}
),

final as (
    select
        month_start_date,
        month_end_date,
        {{ date_add_days('month_start_date', -1) }} as opening_date
    from months
)

select * from final
