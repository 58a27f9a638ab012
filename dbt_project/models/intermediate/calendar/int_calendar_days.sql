with run_parameters as (
    select * from {{ ref('int_run_parameters') }}
),

bounds as (
    select {{ date_add_days(date_add_months(year_start('as_of_date'), 36), -1) }} as last_date
    from run_parameters
),

days as (
    {{ date_spine("date '2000-01-01'", "(select last_date from bounds)") }}
),

final as (
    select
        date_day as calendar_date,
        {{ month_start('date_day') }} as month_start_date,
        {{ month_end('date_day') }} as month_end_date,
        {{ quarter_start('date_day') }} as quarter_start_date,
        {{ year_start('date_day') }} as year_start_date,
        {{ iso_weekday('date_day') }} as weekday_number
    from days
)

select * from final
