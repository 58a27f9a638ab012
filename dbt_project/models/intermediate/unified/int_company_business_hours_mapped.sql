-- The company's own hours hold for every source that brings no default schedule of its own.
with company_business_hours as (
    select * from {{ ref('stg_meta__business_hours') }}
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
        company_business_hours.schedule_id,
        company_business_hours.time_zone,
        company_business_hours.weekday,
        company_business_hours.opens_at,
        company_business_hours.closes_at,
        systems.source_system,
        company_business_hours.schedule_id || '|'
        || cast(company_business_hours.weekday as {{ dbt.type_string() }})
        || '|' || company_business_hours.opens_at as record_id,
        cast(null as timestamp) as updated_at,
        false as is_deleted,
        cast(null as {{ dbt.type_string() }}) as source_url
    from company_business_hours
    cross join systems
)

select * from final
