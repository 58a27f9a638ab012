{{ config(materialized='view') }}

with holiday_calendars as (
    select * from {{ source('meta', 'holiday_calendars') }}
),

final as (
    select
        holiday_calendars.schedule_id,
        holiday_calendars.country_code
    from holiday_calendars
)

select * from final
