with files_holidays as (
    select * from {{ ref('stg_files__holidays') }}
),

zendesk_holidays as (
    select * from {{ ref('int_zendesk_holidays_mapped') }}
),

company_holidays as (
    select * from {{ ref('int_company_holidays_mapped') }}
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
    union all
    select
        zendesk_holidays.schedule_id,
        zendesk_holidays.holiday_date,
        zendesk_holidays.holiday_name,
        zendesk_holidays.source_system,
        zendesk_holidays.record_id,
        zendesk_holidays.updated_at,
        zendesk_holidays.is_deleted,
        zendesk_holidays.source_url
    from zendesk_holidays
    union all
    select
        company_holidays.schedule_id,
        company_holidays.holiday_date,
        company_holidays.holiday_name,
        company_holidays.source_system,
        company_holidays.record_id,
        company_holidays.updated_at,
        company_holidays.is_deleted,
        company_holidays.source_url
    from company_holidays
)

select * from final
