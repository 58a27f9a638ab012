-- The company's own hours hold for every source that brings no default schedule of its own.
with configured_holidays as (
    select * from {{ ref('stg_meta__holidays') }}
),

holiday_calendars as (
    select * from {{ ref('stg_meta__holiday_calendars') }}
),

public_holidays as (
    select * from {{ ref('public_holidays') }}
),

sources as (
    select * from {{ ref('stg_meta__sources') }}
),

files_business_hours as (
    select * from {{ ref('stg_files__business_hours') }}
),

zendesk_business_hours as (
    select * from {{ ref('int_zendesk_business_hours_mapped') }}
),

own_schedules as (
    select
        files_business_hours.source_system,
        files_business_hours.schedule_id
    from files_business_hours
    where not files_business_hours.is_deleted
    union all
    select
        zendesk_business_hours.source_system,
        zendesk_business_hours.schedule_id
    from zendesk_business_hours
    where not zendesk_business_hours.is_deleted
),

-- a day that the configuration names as well keeps the name that stands there
company_holidays as (
    select schedule_id, holiday_date, holiday_name
    from configured_holidays
    union all
    select
        holiday_calendars.schedule_id,
        public_holidays.holiday_date,
        max(public_holidays.holiday_name) as holiday_name
    from holiday_calendars
    inner join public_holidays
        on holiday_calendars.country_code = public_holidays.country_code
    left join configured_holidays
        on holiday_calendars.schedule_id = configured_holidays.schedule_id
        and public_holidays.holiday_date = configured_holidays.holiday_date
    where configured_holidays.holiday_date is null
    group by holiday_calendars.schedule_id, public_holidays.holiday_date
),

systems as (
    select distinct sources.source_system
    from sources
    where
        sources.source_system not in (
            select own_schedules.source_system
            from own_schedules
            where own_schedules.schedule_id = 'default'
        )
),

final as (
    select
        company_holidays.schedule_id,
        company_holidays.holiday_date,
        company_holidays.holiday_name,
        systems.source_system,
        company_holidays.schedule_id || '|'
        || cast(company_holidays.holiday_date as {{ dbt.type_string() }}) as record_id,
        cast(null as timestamp) as updated_at,
        false as is_deleted,
        cast(null as {{ dbt.type_string() }}) as source_url
    from company_holidays
    cross join systems
)

select * from final
