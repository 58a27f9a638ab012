{{ config(materialized='view') }}

with holidays as (
    select * from {{ source('meta', 'holidays') }}
),

final as (
    select
        holidays.schedule_id,
        holidays.holiday_date,
        holidays.holiday_name
    from holidays
)

select * from final
