-- A country's calendar that ends before the as-of date would make its holidays working days.
with holiday_calendars as (
    select * from {{ ref('stg_meta__holiday_calendars') }}
),

public_holidays as (
    select * from {{ ref('public_holidays') }}
),

run_parameters as (
    select * from {{ ref('int_run_parameters') }}
)

select
    holiday_calendars.country_code,
    max(public_holidays.holiday_date) as last_known_date
from holiday_calendars
cross join run_parameters
left join public_holidays
    on holiday_calendars.country_code = public_holidays.country_code
group by holiday_calendars.country_code, run_parameters.as_of_date
having coalesce(max(public_holidays.holiday_date) < run_parameters.as_of_date, true)
