with files_holidays as (
    select * from {{ ref('stg_files__holidays') }}
),

final as (
    select
        files_holidays.schedule_id,
        files_holidays.holiday_date,
        files_holidays.holiday_name,
        files_holidays.source_system,
        files_holidays.record_id,
        files_holidays.updated_at,
        files_holidays.is_deleted,
        files_holidays.source_url
    from files_holidays
)

select * from final
