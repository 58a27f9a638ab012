{{ config(materialized='view') }}

with business_hours as (
    select * from {{ source('meta', 'business_hours') }}
),

final as (
    select
        business_hours.schedule_id,
        business_hours.time_zone,
        business_hours.weekday,
        business_hours.opens_at,
        business_hours.closes_at
    from business_hours
)

select * from final
