with files_business_hours as (
    select * from {{ ref('stg_files__business_hours') }}
),

zendesk_business_hours as (
    select * from {{ ref('int_zendesk_business_hours_mapped') }}
),

company_business_hours as (
    select * from {{ ref('int_company_business_hours_mapped') }}
),

final as (
    select
        files_business_hours.schedule_id,
        files_business_hours.time_zone,
        files_business_hours.weekday,
        files_business_hours.opens_at,
        files_business_hours.closes_at,
        files_business_hours.source_system,
        files_business_hours.record_id,
        files_business_hours.updated_at,
        files_business_hours.is_deleted,
        files_business_hours.source_url
    from files_business_hours
    union all
    select
        zendesk_business_hours.schedule_id,
        zendesk_business_hours.time_zone,
        zendesk_business_hours.weekday,
        zendesk_business_hours.opens_at,
        zendesk_business_hours.closes_at,
        zendesk_business_hours.source_system,
        zendesk_business_hours.record_id,
        zendesk_business_hours.updated_at,
        zendesk_business_hours.is_deleted,
        zendesk_business_hours.source_url
    from zendesk_business_hours
    union all
    select
        company_business_hours.schedule_id,
        company_business_hours.time_zone,
        company_business_hours.weekday,
        company_business_hours.opens_at,
        company_business_hours.closes_at,
        company_business_hours.source_system,
        company_business_hours.record_id,
        company_business_hours.updated_at,
        company_business_hours.is_deleted,
        company_business_hours.source_url
    from company_business_hours
)

select * from final
